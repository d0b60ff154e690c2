/** Fashion-MNIST as source of real images, and the Multi-Fashion data set that is made of it. */
package org.sparkmto.preprocessing.fashion;
