/** Directories that are written whole or not at all, and never at the cost of a user's files. */
package org.sparkmto.preprocessing.output;
