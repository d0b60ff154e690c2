package org.sparkmto.network;

import org.sparkmto.options.EntryProvider;

/**
 * Losses in a jar of a user's own; their entries are made with {@link LossEntry#of}, or with its
 * constructor where they have options. A kind of task that has built-in losses keeps its usual one.
 */
public interface LossProvider extends EntryProvider<LossEntry> {}
