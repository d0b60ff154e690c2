/** Raw data that was made to do harm, over every reader, in a process with a small heap. */
package org.sparkmto.preprocessing.hostile;
