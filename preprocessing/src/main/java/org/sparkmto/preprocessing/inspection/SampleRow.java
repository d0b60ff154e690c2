package org.sparkmto.preprocessing.inspection;

import java.util.List;

/**
 * A row of a shard.
 *
 * @param split it belongs to
 * @param id of the sample
 * @param content the bytes of every column, in the order of the manifest
 */
public record SampleRow(String split, String id, List<byte[]> content) {}
