package org.sparkmto.optimizer;

import org.sparkmto.options.Entry;
import org.sparkmto.options.EntryProvider;

/** Schedules in a jar of a user's own; their entries are made with {@link Schedule#entry}. */
public interface ScheduleProvider extends EntryProvider<Entry<Schedule>> {}
