/** Parquet shards: how samples are spread over files, how files are written and looked over. */
package org.sparkmto.preprocessing.shard;
