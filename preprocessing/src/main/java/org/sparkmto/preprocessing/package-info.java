/**
 * The vocabulary of preprocessing: what a raw data set tells about itself, how one of its samples
 * is read, and how failures are named. The rooms below use it:
 *
 * <ul>
 *   <li>{@code image}: decoding and resizing of images and maps;
 *   <li>{@code corruption}: the common corruptions of images;
 *   <li>{@code matlab}, {@code numpy}: files of arrays, read without trust;
 *   <li>{@code celeba}, {@code fashion}, {@code cityscapes}, {@code nyuv2}, {@code cifar}, {@code
 *       emotic}, {@code pascal}: one raw layout, or a family of them, each; {@code own}: tables
 *       that users describe;
 *   <li>{@code output}: directories that are written whole or not at all;
 *   <li>{@code shard}: Parquet shards, what is checked before and after they are written;
 *   <li>{@code inspection}: what people look at, and what is validated, in finished shards;
 *   <li>{@code samples}: generators of raw data sets, real garments and drawn scenes;
 *   <li>{@code job}: the entry point, from a raw data set to shards and manifest.
 * </ul>
 */
package org.sparkmto.preprocessing;
