package org.sparkmto.network;

import org.sparkmto.options.Entry;
import org.sparkmto.options.EntryProvider;

/** Networks in a jar of a user's own; their entries are made with {@link Architecture#entry}. */
public interface ArchitectureProvider extends EntryProvider<Entry<Architecture>> {}
