/** Decoding and resizing of images, bounded in memory and the same on every machine. */
package org.sparkmto.preprocessing.image;
