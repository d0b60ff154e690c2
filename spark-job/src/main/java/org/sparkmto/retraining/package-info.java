/**
 * Retraining on a schedule: which data have arrived, whether the new model takes the place of the
 * promoted one, the history of these decisions and the way back. It trains and evaluates as the
 * commands do and keeps no state but files, each of which is written whole.
 */
package org.sparkmto.retraining;
