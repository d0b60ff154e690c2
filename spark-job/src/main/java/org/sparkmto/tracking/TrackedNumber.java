package org.sparkmto.tracking;

/**
 * A number for the server.
 *
 * @param key its name there
 * @param step number of the steps made
 * @param millis when, since 1970
 */
record TrackedNumber(String key, double value, long step, long millis) {}
