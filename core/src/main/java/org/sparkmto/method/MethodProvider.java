package org.sparkmto.method;

import org.sparkmto.options.EntryProvider;

/**
 * Methods in a jar of a user's own. Their entries are made as those of the built-in ones, with
 * {@link MethodEntry#ofLosses}, {@link MethodEntry#ofGram} or {@link MethodEntry#ofParameters}; a
 * test of the jar holds them to what they declare with {@link MethodCheck}.
 */
public interface MethodProvider extends EntryProvider<MethodEntry> {}
