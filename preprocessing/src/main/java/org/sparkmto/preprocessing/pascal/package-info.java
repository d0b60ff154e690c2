/** PASCAL-Context for five tasks, in the layout in which multi-task papers distribute it. */
package org.sparkmto.preprocessing.pascal;
