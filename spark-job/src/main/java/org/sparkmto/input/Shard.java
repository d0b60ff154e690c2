package org.sparkmto.input;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.sparkmto.data.Column;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.ShardFile;
import org.sparkmto.data.SoundShards;

/**
 * A Parquet file whose footer has been read and agrees with the manifest. It holds no open stream,
 * so there is nothing to close.
 */
final class Shard {
  private final String name;
  private final ShardFile file;
  private final List<Column> columns;
  private final InputFile input;
  private final Configuration hadoop;
  private final ParquetMetadata footer;
  private final MessageType projection;

  private Shard(
      String name,
      ShardFile file,
      List<Column> columns,
      InputFile input,
      Configuration hadoop,
      ParquetMetadata footer) {
    this.name = name;
    this.file = file;
    this.columns = columns;
    this.input = input;
    this.hadoop = hadoop;
    this.footer = footer;
    this.projection = projection();
    checkRows();
  }

  /**
   * Reads the footer, after all of a file that this process has not seen yet.
   *
   * @throws DataContractException if the file is missing, or not what the manifest says
   * @throws UncheckedIOException if the storage does not answer
   */
  static Shard open(SplitSource source, ShardFile file) {
    String name = "shard " + source.path(file);
    var status = source.status(file);
    try {
      // Before the footer: what a damaged one says can look like a failure of the storage.
      SoundShards.require(status, file, source.hadoop());
      InputFile input = HadoopInputFile.fromStatus(status, source.hadoop());
      try (ParquetFileReader reader = ParquetFileReader.open(input, options(source.hadoop()))) {
        return new Shard(
            name, file, source.columnsRead(), input, source.hadoop(), reader.getFooter());
      }
    } catch (IOException e) {
      throw unreadable(name, e);
    } catch (DataContractException e) {
      throw e;
    } catch (RuntimeException e) {
      throw damaged(name, e);
    }
  }

  /**
   * Of one reader: they hold the decompressors, which know nothing of other threads, and a reader
   * that closes releases them.
   */
  private static ParquetReadOptions options(Configuration hadoop) {
    return HadoopReadOptions.builder(hadoop).usePageChecksumVerification(true).build();
  }

  /**
   * Decodes the columns of a row group, which several threads may do at the same time, checking the
   * checksum of every page that carries one.
   *
   * @throws DataContractException if a value is missing or has another length than its column, or
   *     the row group is damaged
   * @throws UncheckedIOException if the storage does not answer
   */
  RowGroup read(int group) {
    String place = name + ", row group " + group;
    int rows = file.rowGroups().get(group);
    try (ParquetFileReader reader =
        ParquetFileReader.open(input, footer, options(hadoop), input.newStream())) {
      reader.setRequestedSchema(projection);
      try (PageReadStore pages = reader.readRowGroup(group)) {
        ColumnReadStoreImpl values =
            new ColumnReadStoreImpl(
                pages,
                new GroupRecordConverter(projection).getRootConverter(),
                projection,
                footer.getFileMetaData().getCreatedBy());
        List<byte[]> decoded = new ArrayList<>();
        for (Column column : columns) {
          String[] path = {column.name()};
          decoded.add(
              decode(
                  values.getColumnReader(projection.getColumnDescription(path)),
                  rows,
                  column,
                  place));
        }
        return new RowGroup(rows, decoded);
      }
    } catch (IOException e) {
      throw unreadable(place, e);
    } catch (DataContractException e) {
      throw e;
    } catch (RuntimeException e) {
      throw damaged(place, e);
    }
  }

  private static byte[] decode(ColumnReader values, int rows, Column column, String place) {
    int length = column.bytes();
    if ((long) rows * length > Integer.MAX_VALUE - 8) {
      throw new DataContractException(
          "%s: %d rows of column '%s' exceed 2 GiB; preprocess again with smaller row groups"
              .formatted(place, rows, column.name()));
    }
    byte[] decoded = new byte[rows * length];
    int present = values.getDescriptor().getMaxDefinitionLevel();
    for (int row = 0; row < rows; row++) {
      if (values.getCurrentDefinitionLevel() < present) {
        throw wrong(place, row, column, "has no value");
      }
      Binary value = values.getBinary();
      if (value.length() != length) {
        throw wrong(place, row, column, "has " + value.length() + " bytes");
      }
      value.toByteBuffer().get(decoded, row * length, length);
      values.consume();
    }
    return decoded;
  }

  private MessageType projection() {
    MessageType schema = footer.getFileMetaData().getSchema();
    List<Type> types = new ArrayList<>();
    for (Column column : columns) {
      Type type = schema.containsField(column.name()) ? schema.getType(column.name()) : null;
      if (type == null
          || type.isRepetition(Type.Repetition.REPEATED)
          || !type.isPrimitive()
          || type.asPrimitiveType().getPrimitiveTypeName() != PrimitiveTypeName.BINARY) {
        throw new DataContractException(
            "%s has no binary column '%s', but the manifest does; preprocess again"
                .formatted(name, column.name()));
      }
      types.add(type);
    }
    return new MessageType(schema.getName(), types);
  }

  private void checkRows() {
    List<Long> found = footer.getBlocks().stream().map(BlockMetaData::getRowCount).toList();
    List<Long> promised = file.rowGroups().stream().map(Integer::longValue).toList();
    if (!found.equals(promised)) {
      throw new DataContractException(
          "%s has row groups of %s rows, but the manifest says %s; preprocess again"
              .formatted(name, found, promised));
    }
  }

  private static DataContractException wrong(
      String place, int row, Column column, String complaint) {
    return new DataContractException(
        "%s, row %d: column '%s' %s instead of %d (%s %s); preprocess again"
            .formatted(
                place,
                row,
                column.name(),
                complaint,
                column.bytes(),
                column.type().label(),
                column.shape()));
  }

  private static UncheckedIOException unreadable(String place, IOException e) {
    return new UncheckedIOException(
        new IOException(place + " cannot be read: " + e.getMessage(), e));
  }

  private static DataContractException damaged(String place, RuntimeException e) {
    return new DataContractException(
        place + " is damaged: " + e.getMessage() + "; restore it or preprocess again", e);
  }
}
