package org.sparkmto.preprocessing;

import org.sparkmto.options.Entry;
import org.sparkmto.options.EntryProvider;

/** Raw data sets in a jar of a user's own; their entries are made with {@link RawDataset#entry}. */
public interface RawDatasetProvider extends EntryProvider<Entry<RawDataset>> {}
