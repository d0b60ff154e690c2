/** Names that people type, and what they probably meant. */
package org.sparkmto.naming;
