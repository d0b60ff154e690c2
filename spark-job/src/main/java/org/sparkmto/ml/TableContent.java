package org.sparkmto.ml;

import com.typesafe.config.Config;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * A name for what a table holds, whatever the order of its rows: the same rows have the same name,
 * and the data set made of them remembers it.
 */
final class TableContent {
  /** Keys of own data whose values name columns. */
  private static final Set<String> NAMING = Set.of("column", "columns", "id", "group");

  private TableContent() {}

  /**
   * The name.
   *
   * @param options of own data, which say which columns are read; others do not count
   */
  static String name(Dataset<Row> rows, Config options) {
    Set<String> named = new TreeSet<>();
    collect(options.root().unwrapped(), false, named);
    List<String> there = List.of(rows.columns());
    List<Column> columns = new ArrayList<>();
    for (String name : named) {
      int dot = name.indexOf('.');
      String top = there.contains(name) || dot < 0 ? name : name.substring(0, dot);
      if (there.contains(top)) { // whoever reads the table refuses others
        columns.add(column(top));
      }
    }
    Column hash = functions.xxhash64(columns.toArray(Column[]::new));
    Row content =
        rows.select(hash.as("hash"))
            .agg(
                functions.count(functions.lit(1)),
                functions.sum(functions.col("hash").cast("decimal(20,0)")),
                functions.bit_xor(functions.col("hash")))
            .head();
    BigDecimal sum = content.isNullAt(1) ? BigDecimal.ZERO : content.getDecimal(1);
    long xor = content.isNullAt(2) ? 0 : content.getLong(2);
    return "rows_%d_%016x%016x".formatted(content.getLong(0), sum.toBigInteger().longValue(), xor);
  }

  /** A column by its own name, dots and all. */
  static Column column(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  private static void collect(Object value, boolean naming, Set<String> named) {
    if (value instanceof Map<?, ?> keys) {
      keys.forEach((key, its) -> collect(its, NAMING.contains(String.valueOf(key)), named));
    } else if (value instanceof Collection<?> list) {
      list.forEach(its -> collect(its, naming, named));
    } else if (naming) {
      named.add(String.valueOf(value));
    }
  }
}
