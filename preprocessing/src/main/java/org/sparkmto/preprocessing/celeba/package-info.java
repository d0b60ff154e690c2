/** The CelebA layout: one JPEG per sample, a table of attributes and a table of splits. */
package org.sparkmto.preprocessing.celeba;
