/** Running a network over a split, and what comes out as metrics by task. */
package org.sparkmto.evaluation;
