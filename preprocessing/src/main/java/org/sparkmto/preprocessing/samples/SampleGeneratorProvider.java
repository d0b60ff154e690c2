package org.sparkmto.preprocessing.samples;

import org.sparkmto.options.Entry;
import org.sparkmto.options.EntryProvider;

/**
 * Generators of samples in a jar of a user's own; their entries are made with {@link
 * SampleGenerator#entry}.
 */
public interface SampleGeneratorProvider extends EntryProvider<Entry<SampleGenerator>> {}
