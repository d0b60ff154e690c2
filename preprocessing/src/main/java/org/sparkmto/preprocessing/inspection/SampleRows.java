package org.sparkmto.preprocessing.inspection;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.sparkmto.data.Column;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.ShardFile;
import org.sparkmto.data.Split;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.parquet.ParquetGroups;
import org.sparkmto.preprocessing.shard.ShardContent;
import org.sparkmto.preprocessing.shard.Shards;
import org.sparkmto.random.Draws;

/**
 * Single rows of a data set. Only the row groups that hold them are read; to find samples by
 * identity, only the column of identities.
 */
public final class SampleRows {
  private final DatasetDirectory dataset;
  private final Configuration hadoop;

  /** Rows of a data set, reached with a configuration of Hadoop. */
  public SampleRows(DatasetDirectory dataset, Configuration hadoop) {
    this.dataset = dataset;
    this.hadoop = hadoop;
  }

  /** Row groups of a file, which are what can be read alone. */
  private record Place(String split, ShardFile file, int group) {}

  /** Sees the rows of a row group, in order. */
  private interface Rows {
    /** Returns whether it wants to see the next one. */
    boolean next(int row, Group group);
  }

  /**
   * Reads the samples of a selection.
   *
   * @throws PreprocessingException if a sample that is named is not there
   * @throws DataContractException if there is no such split, or a shard is damaged
   * @throws UncheckedIOException if the storage fails
   */
  public List<SampleRow> read(ShownSamples selection) {
    if (selection instanceof ShownSamples.First first) {
      SortedSet<Long> rows = new TreeSet<>();
      long count = Math.min(first.count(), dataset.manifest().split(first.split()).rows());
      for (long row = 0; row < count; row++) {
        rows.add(row);
      }
      return List.copyOf(rows(first.split(), rows).values());
    }
    if (selection instanceof ShownSamples.AtRandom random) {
      return List.copyOf(rows(random.split(), drawn(random)).values());
    }
    if (selection instanceof ShownSamples.Named named) {
      return named(named);
    }
    throw new AssertionError("no other selection exists");
  }

  /**
   * Identities of the rows {@code from} to {@code to - 1} of a split, in its order; no other column
   * is read.
   *
   * @throws DataContractException if there is no such split, or a shard is damaged
   * @throws UncheckedIOException if the storage fails
   */
  public List<String> ids(String split, long from, long to) {
    List<String> ids = new ArrayList<>();
    long start = 0;
    for (ShardFile file : dataset.manifest().split(split).files()) {
      for (int group = 0; group < file.rowGroups().size(); group++) {
        long first = start;
        long end = start + file.rowGroups().get(group);
        if (first < to && end > from) {
          scan(
              new Place(split, file, group),
              false,
              (row, value) -> {
                if (first + row >= from) {
                  ids.add(value.getString(Shards.SAMPLE_ID, 0));
                }
                return first + row + 1 < to;
              });
        }
        start = end;
      }
    }
    return ids;
  }

  /**
   * Consecutive rows of a file.
   *
   * @param file where it is
   * @param first number of the first within the file
   */
  public record Run(String file, long first, List<SampleRow> rows) {
    public Run {
      rows = List.copyOf(rows);
    }

    /** Whether the row of a number in a file is among them. */
    public boolean holds(String place, long row) {
      return file.equals(place) && row >= first && row < first + rows.size();
    }
  }

  /**
   * The row group that holds a row, which is the least that can be read.
   *
   * @param file where a shard of the data set is
   * @param row number within the file
   * @throws DataContractException if there is no such row, or the shard is damaged
   * @throws UncheckedIOException if the storage fails
   */
  public Run around(String file, long row) {
    for (Split split : dataset.manifest().splits().values()) {
      for (ShardFile shard : split.files()) {
        long start = 0;
        boolean asked = dataset.path(shard).toString().equals(file);
        for (int group = 0; asked && group < shard.rowGroups().size(); group++) {
          int count = shard.rowGroups().get(group);
          if (row < start + count) {
            List<SampleRow> rows = new ArrayList<>();
            Place place = new Place(split.name(), shard, group);
            scan(
                place,
                true,
                (at, value) -> {
                  rows.add(sample(place, value));
                  return rows.size() < count;
                });
            return new Run(file, start, rows);
          }
          start += count;
        }
      }
    }
    throw new DataContractException(file + " has no row " + row);
  }

  private SortedSet<Long> drawn(ShownSamples.AtRandom random) {
    long rows = dataset.manifest().split(random.split()).rows();
    Draws draws = Draws.of(random.seed()).of("inspect " + random.split());
    SortedSet<Long> drawn = new TreeSet<>();
    for (long i = 0; drawn.size() < Math.min(random.count(), rows); i++) {
      drawn.add((long) (draws.uniform(i) * rows));
    }
    return drawn;
  }

  /** Rows of a split by their numbers. */
  private Map<Long, SampleRow> rows(String split, SortedSet<Long> wanted) {
    Map<Long, SampleRow> found = new TreeMap<>();
    long start = 0;
    for (ShardFile file : dataset.manifest().split(split).files()) {
      for (int group = 0; group < file.rowGroups().size(); group++) {
        long end = start + file.rowGroups().get(group);
        SortedSet<Long> here = wanted.subSet(start, end);
        if (!here.isEmpty()) {
          long first = start;
          Place place = new Place(split, file, group);
          scan(
              place,
              true,
              (row, value) -> {
                if (here.contains(first + row)) {
                  found.put(first + row, sample(place, value));
                }
                return first + row < here.last();
              });
        }
        start = end;
      }
    }
    return found;
  }

  private List<SampleRow> named(ShownSamples.Named named) {
    Map<String, SampleRow> found = new LinkedHashMap<>();
    Set<String> wanted = new LinkedHashSet<>(named.ids());
    for (String split : named.splits()) {
      SortedSet<Long> rows = new TreeSet<>();
      long start = 0;
      for (ShardFile file : dataset.manifest().split(split).files()) {
        for (int group = 0; group < file.rowGroups().size() && !wanted.isEmpty(); group++) {
          long first = start;
          scan(
              new Place(split, file, group),
              false,
              (row, value) -> {
                if (wanted.remove(value.getString(Shards.SAMPLE_ID, 0))) {
                  rows.add(first + row);
                }
                return !wanted.isEmpty();
              });
          start += file.rowGroups().get(group);
        }
      }
      rows(split, rows).values().forEach(sample -> found.put(sample.id(), sample));
    }
    if (!wanted.isEmpty()) {
      throw PreprocessingException.wrongUsage(
          dataset.root() + " has no sample " + wanted + " in " + named.splits());
    }
    return named.ids().stream().distinct().map(found::get).toList();
  }

  private SampleRow sample(Place place, Group row) {
    String id = row.getString(Shards.SAMPLE_ID, 0);
    List<Column> columns = dataset.manifest().columns();
    List<byte[]> content = ShardContent.content(row, columns);
    for (int c = 0; c < columns.size(); c++) {
      if (content.get(c).length != columns.get(c).bytes()) {
        throw new DataContractException(
            "%s, sample %s: column '%s' has %d bytes instead of %d; preprocess again"
                .formatted(
                    dataset.path(place.file()),
                    id,
                    columns.get(c).name(),
                    content.get(c).length,
                    columns.get(c).bytes()));
      }
    }
    return new SampleRow(place.split(), id, content);
  }

  private void scan(Place place, boolean whole, Rows rows) {
    String name = dataset.path(place.file()).toString();
    try (ParquetFileReader reader = ParquetGroups.open(dataset.path(place.file()), hadoop)) {
      List<Long> counts = new ArrayList<>();
      List<Integer> filled = new ArrayList<>();
      for (int i = 0; i < reader.getRowGroups().size(); i++) {
        BlockMetaData block = reader.getRowGroups().get(i);
        if (block.getRowCount() > 0) {
          counts.add(block.getRowCount());
          filled.add(i);
        }
      }
      List<Long> promised = place.file().rowGroups().stream().map(Integer::longValue).toList();
      if (!counts.equals(promised)) {
        throw new DataContractException(
            "%s has row groups of %s rows, the manifest says %s; preprocess again"
                .formatted(name, counts, promised));
      }
      MessageType schema = schema(reader.getFileMetaData().getSchema(), whole, name);
      reader.setRequestedSchema(schema);
      try (PageReadStore pages = reader.readRowGroup(filled.get(place.group()))) {
        RecordReader<Group> records =
            new ColumnIOFactory()
                .getColumnIO(schema)
                .getRecordReader(pages, new GroupRecordConverter(schema));
        int row = 0;
        while (row < promised.get(place.group()) && rows.next(row, records.read())) {
          row++;
        }
      }
    } catch (FileNotFoundException e) {
      throw new DataContractException(
          name + " is missing; copy the data set again, or preprocess it again", e);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot be read: " + e.getMessage(), e);
    } catch (DataContractException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new DataContractException(
          name + " is damaged: " + e.getMessage() + "; restore it or preprocess again", e);
    }
  }

  private MessageType schema(MessageType file, boolean whole, String name) {
    List<String> names = new ArrayList<>(List.of(Shards.SAMPLE_ID));
    if (whole) {
      dataset.manifest().columns().forEach(column -> names.add(column.name()));
    }
    List<Type> types = new ArrayList<>();
    for (String column : names) {
      if (!file.containsField(column)) {
        throw new DataContractException(
            name + " has no column '" + column + "', but the manifest does; preprocess again");
      }
      types.add(file.getType(column));
    }
    return new MessageType(file.getName(), types);
  }
}
