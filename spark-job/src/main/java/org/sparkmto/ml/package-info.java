/**
 * The way in for programs on Spark: an estimator and its model, as Spark ML has them. They read
 * their parameters and hand on to the rooms below, as the command line does.
 */
package org.sparkmto.ml;
