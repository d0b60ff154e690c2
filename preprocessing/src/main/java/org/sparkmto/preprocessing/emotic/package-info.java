/** EMOTIC: emotions of persons in context, from its MATLAB table and image folders. */
package org.sparkmto.preprocessing.emotic;
