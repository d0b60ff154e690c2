package org.sparkmto.metric;

import org.sparkmto.options.EntryProvider;

/**
 * Metrics in a jar of a user's own. Their entries are made as those of the built-in ones, with
 * {@link MetricEntry#of} and {@link MetricEntry#judging}.
 */
public interface MetricProvider extends EntryProvider<MetricEntry> {}
