/**
 * What a trained network says about samples: a table for programs, pictures for people.
 *
 * <p>Every executor holds the network once per task and answers for its share of a split or of a
 * folder of images. The seal of the output is written last.
 */
package org.sparkmto.prediction;
