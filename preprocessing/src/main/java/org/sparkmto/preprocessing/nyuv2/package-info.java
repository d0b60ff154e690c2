/**
 * NYU Depth v2 (Silberman et al., ECCV 2012) in three layouts: the labelled MATLAB file, the NumPy
 * folders of the multi-task papers, and the NYUD_MT tree. One image, three tasks: semantic classes,
 * depth, surface normals.
 */
package org.sparkmto.preprocessing.nyuv2;
