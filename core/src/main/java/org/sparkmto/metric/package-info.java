/**
 * What a run is judged by. A metric of a task is a function of sums that add up over any partition
 * of a split, so that ranks count on their own and the result does not depend on who counted what.
 * Knows neither Spark nor libtorch nor what of this project trains.
 */
package org.sparkmto.metric;
