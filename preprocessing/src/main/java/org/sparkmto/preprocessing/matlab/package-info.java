/** Variables of MATLAB files: version 5 in memory, version 7.3 slice by slice. */
package org.sparkmto.preprocessing.matlab;
