package org.sparkmto.preprocessing.job;

import java.time.Duration;
import org.sparkmto.data.DatasetManifest;

/**
 * What a run has done.
 *
 * @param output directory of the shards, with its file system
 * @param quarantine directory of the table of samples that were set aside
 * @param manifest what was written
 * @param elapsed from the first look at the raw data to the manifest
 */
public record PreprocessingSummary(
    String output, String quarantine, DatasetManifest manifest, Duration elapsed) {

  /** Bytes of all shards. */
  public long bytes() {
    return manifest.splits().values().stream()
        .flatMap(split -> split.files().stream())
        .mapToLong(file -> file.bytes())
        .sum();
  }
}
