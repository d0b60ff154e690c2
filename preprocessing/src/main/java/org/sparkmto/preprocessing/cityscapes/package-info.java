/**
 * Cityscapes (Cordts et al., CVPR 2016): its trees of files, its label, instance and part numbers,
 * and its conventions for disparities.
 */
package org.sparkmto.preprocessing.cityscapes;
