package org.sparkmto.optimizer;

import org.sparkmto.options.Entry;
import org.sparkmto.options.EntryProvider;

/** Optimisers in a jar of a user's own; their entries are made with {@link Optimizer#entry}. */
public interface OptimizerProvider extends EntryProvider<Entry<Optimizer>> {}
