package org.sparkmto.training;

import java.io.Serializable;

/**
 * One file of a checkpoint.
 *
 * @param name in the checkpoint's directory
 * @param bytes its length
 * @param sha256 digest, lower-case hexadecimal
 */
record CheckpointFile(String name, long bytes, String sha256) implements Serializable {}
