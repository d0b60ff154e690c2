/**
 * Looking at a data set: what it says about itself, pictures of its samples, and whether all of it
 * is true.
 */
package org.sparkmto.preprocessing.inspection;
