package org.sparkmto.data;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of the raw samples. {@code listed} is always {@code kept} plus all of {@code
 * quarantined}: no sample is lost without a reason.
 *
 * @param listed samples the raw data set names
 * @param kept samples in the shards
 * @param quarantined samples set aside, by reason
 */
public record SourceCounts(long listed, long kept, Map<String, Long> quarantined) {
  public SourceCounts {
    quarantined = Collections.unmodifiableMap(new TreeMap<>(quarantined));
    long set = quarantined.values().stream().mapToLong(Long::longValue).sum();
    if (listed != kept + set) {
      throw new DataContractException(
          listed + " samples were listed, but " + kept + " kept and " + set + " quarantined");
    }
  }
}
