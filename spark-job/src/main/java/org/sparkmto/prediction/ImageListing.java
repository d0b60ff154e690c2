package org.sparkmto.prediction;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.embedded.EmbeddedRows;

/**
 * Images that were found.
 *
 * @param samples in order; identities are unique
 * @param refused what is none, though it is named as one
 * @param embedded where they stand, if not in files of their own
 * @param remark about what was passed over, for people; empty if nothing was
 * @param source where they are from, for the seal
 */
record ImageListing(
    List<RawSample> samples,
    List<RefusedSample> refused,
    Optional<EmbeddedRows> embedded,
    Optional<String> remark,
    Map<String, String> source) {
  ImageListing {
    samples = List.copyOf(samples);
    refused = List.copyOf(refused);
    source = Map.copyOf(source);
  }

  /** How many there are, those among them that are none. */
  long size() {
    return (long) samples.size() + refused.size();
  }
}
