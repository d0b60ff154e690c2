/**
 * Arithmetic element by element, said once and done wherever the numbers lie: in an array of the
 * JVM, or in the memory of a device.
 */
package org.sparkmto.elementwise;
