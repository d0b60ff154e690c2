package org.sparkmto.preprocessing.shard;

import java.util.List;

/**
 * A sample as it is stored.
 *
 * @param id of the sample
 * @param rank its place in the order
 * @param content the bytes of every column, in the order of the columns
 */
record DecodedRow(String id, long rank, List<byte[]> content) {}
