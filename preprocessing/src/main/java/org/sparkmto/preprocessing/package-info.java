/**
 * The vocabulary of preprocessing: what a raw data set tells about itself, how one of its samples
 * is read, and how failures are named. The rooms below use it:
 *
 * <ul>
 *   <li>{@code image}: decoding and resizing;
 *   <li>{@code celeba}, {@code fashion}: one raw layout each;
 *   <li>{@code output}: directories that are written whole or not at all;
 *   <li>{@code shard}: Parquet shards and their inspection;
 *   <li>{@code samples}: generators of raw data sets from real garments;
 *   <li>{@code job}: the entry point, from a raw data set to shards and manifest.
 * </ul>
 */
package org.sparkmto.preprocessing;
