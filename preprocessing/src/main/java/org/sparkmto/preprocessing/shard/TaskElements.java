package org.sparkmto.preprocessing.shard;

import java.io.Serializable;
import java.util.List;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;

/**
 * Where a task's targets stand in a row: looked up once, not for every row of a shard.
 *
 * @param position of their column
 * @param type of its elements
 * @param first of the task's elements in it
 * @param end behind the last of them
 */
record TaskElements(int position, ElementType type, int first, int end) implements Serializable {
  static TaskElements of(Task task, List<Column> columns) {
    int position = Column.position(columns, task.target());
    Column column = columns.get(position);
    return new TaskElements(position, column.type(), task.firstElement(), task.endElement(column));
  }
}
