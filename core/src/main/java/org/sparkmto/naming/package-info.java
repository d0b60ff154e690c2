/** Names that people type, and what they probably meant; numbers and nouns that people read. */
package org.sparkmto.naming;
