/** Arrays in NumPy's {@code .npy} files. */
package org.sparkmto.preprocessing.numpy;
