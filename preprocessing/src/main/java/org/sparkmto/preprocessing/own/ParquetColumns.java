package org.sparkmto.preprocessing.own;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.execution.datasources.parquet.ParquetToSparkSchemaConverter;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.sparkmto.storage.Causes;

/** The columns of a Parquet file, each understood alone and only when it is asked for. */
final class ParquetColumns {
  /** Where encoded images stand in a structure, as Hugging Face data sets write them. */
  private static final String BYTES = "bytes";

  private final MessageType schema;
  private final ParquetToSparkSchemaConverter converter =
      new ParquetToSparkSchemaConverter(SQLConf.get());

  ParquetColumns(MessageType schema) {
    this.schema = schema;
  }

  /**
   * Where a column was found.
   *
   * @param path of fields
   * @param type null if Spark does not know it
   * @param trouble why it is not known, or empty
   */
  record Found(List<String> path, DataType type, String trouble) {}

  /**
   * A column by its name, or by names with dots into structures.
   *
   * @param file whether encoded files may stand there; those of a structure are its {@code bytes}
   */
  Optional<Found> find(String column, boolean file) {
    if (schema.containsField(column)) {
      return Optional.of(found(List.of(column), file));
    }
    GroupType group = schema;
    List<String> fields = List.of(column.split("\\.", -1));
    for (int i = 0; i < fields.size(); i++) {
      if (!group.containsField(fields.get(i))) {
        return Optional.empty();
      }
      Type type = group.getType(fields.get(i));
      if (i < fields.size() - 1) {
        if (!isStructure(type)) {
          return Optional.empty();
        }
        group = type.asGroupType();
      }
    }
    return Optional.of(found(fields, file));
  }

  private Found found(List<String> path, boolean file) {
    List<String> inner = new ArrayList<>(path);
    inner.add(BYTES);
    if (file && isStructure(at(path)) && at(path).asGroupType().containsField(BYTES)) {
      Found bytes = converted(inner);
      if (bytes.type() instanceof BinaryType) {
        return bytes;
      }
    }
    return converted(path);
  }

  private Found converted(List<String> path) {
    Type one = at(path);
    try {
      StructType converted = converter.convert(new MessageType("column", one));
      return new Found(path, converted.apply(0).dataType(), "");
    } catch (RuntimeException e) {
      return new Found(path, null, told(one, e));
    } catch (Exception e) { // Spark's own, which Scala does not declare
      return new Found(path, null, told(one, e));
    }
  }

  private static String told(Type type, Exception trouble) {
    LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
    String physical =
        type.isPrimitive() ? type.asPrimitiveType().getPrimitiveTypeName().name() : "a group";
    return physical.toLowerCase(java.util.Locale.ROOT)
        + (logical == null ? "" : " (" + logical + ")")
        + ", which Spark does not read: "
        + Cell.shortened(
            String.valueOf(Causes.innermost(trouble).getMessage()).lines().findFirst().orElse(""));
  }

  private Type at(List<String> path) {
    Type type = schema;
    for (String field : path) {
      type = type.asGroupType().getType(field);
    }
    return type;
  }

  private static boolean isStructure(Type type) {
    return !type.isPrimitive() && type.getLogicalTypeAnnotation() == null;
  }

  /** Names of columns, with those one level down. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    for (Type field : schema.getFields()) {
      if (isStructure(field)) {
        for (Type inner : field.asGroupType().getFields()) {
          names.add(field.getName() + "." + inner.getName());
        }
      } else {
        names.add(field.getName());
      }
    }
    return names;
  }
}
