package org.sparkmto.preprocessing.own;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.json.Json;
import org.sparkmto.naming.Nearest;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.webdataset.ShardNames;
import org.sparkmto.preprocessing.webdataset.TarImages;
import org.sparkmto.preprocessing.webdataset.TarSample;
import org.sparkmto.preprocessing.webdataset.TarSamples;

/**
 * Tar files of WebDataset as a table: a row for each sample, a column for what follows the first
 * dot of its members ({@code jpg}, {@code cls}), for the fields of its JSON ({@code json.age}), and
 * {@code __key__} and {@code __url__}. An image may be one of several: {@code jpg;png}.
 */
final class TarTable {
  private static final String KEY = "__key__";
  private static final String FILE = "__url__";
  private static final String JSON = "json";
  private static final String FIELD = JSON + ".";

  /** Longest member that is read as text. */
  private static final int MOST_TEXT = 1 << 20;

  private final String pattern;
  private final Path root;
  private final List<String> files;

  private TarTable(String pattern, Path root, List<Path> files) {
    this.pattern = pattern;
    this.root = root;
    this.files = files.stream().map(Path::toString).toList();
  }

  /**
   * Finds the files.
   *
   * @throws PreprocessingException if there are none, or one is missing
   */
  static TarTable open(String pattern, Path root, RawFiles files) throws IOException {
    return new TarTable(pattern, root, ShardNames.of(pattern, root, files));
  }

  /** Whether a column that should be an image is one, and not the text of a path. */
  static boolean holdsFiles(String column) {
    return !column.startsWith(FIELD) && !column.equals(KEY);
  }

  /** What may follow the first dot of an image's member. */
  private static List<String> choices(String column) {
    List<String> choices = new ArrayList<>();
    for (String choice : column.split(";", -1)) {
      choices.add(choice.strip().toLowerCase(Locale.ROOT));
    }
    return choices;
  }

  /** Where the images stand. */
  TarImages images(List<String> columns) {
    return new TarImages(
        files, root.toString(), List.copyOf(columns.stream().map(TarTable::choices).toList()));
  }

  /** What one file holds. */
  private record Content(List<Listed> rows, Set<String> found, Set<String> extensions)
      implements Serializable {}

  /**
   * Every sample, in the order of the files; images are passed over.
   *
   * @param users of the columns; one that is in no sample is an error
   */
  List<Listed> listed(RowLayout layout, List<TableUser> users) {
    JavaSparkContext context =
        JavaSparkContext.fromSparkContext(SparkSession.active().sparkContext());
    Broadcast<SerializableConfiguration> configuration =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    String within = root.toString();
    List<Content> contents =
        context
            .parallelize(files, files.size())
            .map(
                file ->
                    content(
                        new Path(file),
                        new RawFiles(configuration.value().value()).within(new Path(within)),
                        layout))
            .collect();
    configuration.destroy();
    Set<String> found = new TreeSet<>();
    Set<String> extensions = new TreeSet<>(Set.of(KEY, FILE));
    List<Listed> rows = new ArrayList<>();
    for (Content content : contents) {
      rows.addAll(content.rows());
      found.addAll(content.found());
      extensions.addAll(content.extensions());
      MostRows.check(rows.size(), layout.labelBytes(), pattern);
    }
    boolean anyMember = extensions.size() > 2; // else all files are broken, which is told
    for (TableUser user : users) {
      String column = user.column();
      boolean there =
          (user.file() && holdsFiles(column))
              ? choices(column).stream().anyMatch(extensions::contains)
              : found.contains(column);
      if (!there && anyMember) {
        throw PreprocessingException.wrongUsage(
            user.place()
                + " names column '"
                + column
                + "', which no sample of "
                + pattern
                + " has"
                + Nearest.hint(column, extensions)
                + " It has "
                + Cell.shortened(extensions.toString()));
      }
    }
    return rows;
  }

  private static Content content(Path file, RawFiles raw, RowLayout layout) throws IOException {
    List<Listed> rows = new ArrayList<>();
    Set<String> found = new TreeSet<>();
    Set<String> extensions = new TreeSet<>();
    List<String> columns = layout.columns();
    boolean fields = columns.stream().anyMatch(column -> column.startsWith(FIELD));
    try (TarSamples samples =
        new TarSamples(
            raw.open(file),
            extension ->
                columns.contains(extension) || (fields && extension.equals(JSON))
                    ? MOST_TEXT + 1
                    : 0)) {
      for (Optional<TarSample> next = samples.next(); next.isPresent(); next = samples.next()) {
        TarSample sample = next.get();
        extensions.addAll(sample.members().keySet());
        String place =
            sample.key().isEmpty()
                ? file.getName()
                : "sample " + Cell.shortened(sample.key()) + " of " + file.getName();
        String id = file.getName() + "#" + (sample.key().isEmpty() ? sample.index() : sample.key());
        rows.add(listed(sample, id, place, file, layout, found));
      }
    }
    return new Content(rows, found, extensions);
  }

  private static Listed listed(
      TarSample sample, String id, String place, Path file, RowLayout layout, Set<String> found) {
    Optional<TarSample.Trouble> trouble = sample.trouble();
    if (trouble.isPresent()) {
      return Listed.refused(
          id, place, file.toString(), trouble.get().reason(), trouble.get().detail());
    }
    if (id.length() > RowLayout.LONGEST) {
      return Listed.refused(
          Cell.shortened(id), place, file.toString(), Reason.BAD_ROW, "its name is too long");
    }
    List<Object> values = new ArrayList<>();
    try {
      JsonNode json = null;
      for (String column : layout.columns()) {
        Object value;
        if (column.equals(KEY)) {
          value = sample.key();
        } else if (column.equals(FILE)) {
          value = file.getName();
        } else if (sample.members().containsKey(column) || !column.startsWith(FIELD)) {
          value = text(sample, column);
        } else {
          json = json == null ? json(sample) : json;
          value = value(json, column);
        }
        values.add(value);
        if (value != null) {
          found.add(column);
        }
      }
    } catch (UnreadableSampleException e) {
      return Listed.refused(id, place, file.toString(), e.reason(), e.getMessage());
    }
    return layout.listed(values, id, place, file.toString(), sample.index());
  }

  /** The text of a member, or null if there is none. */
  private static String text(TarSample sample, String extension) throws UnreadableSampleException {
    byte[] bytes = sample.members().get(extension);
    String member = "member " + sample.key() + "." + extension;
    if (bytes == null) {
      return null;
    }
    if (bytes.length > MOST_TEXT) {
      throw new UnreadableSampleException(
          Reason.TOO_LARGE, member + " has more than " + MOST_TEXT + " bytes of text");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new UnreadableSampleException(Reason.BAD_ROW, member + " is no text in UTF-8");
    }
  }

  private static JsonNode json(TarSample sample) throws UnreadableSampleException {
    String text = text(sample, JSON);
    try {
      JsonNode json = text == null ? Json.object() : Json.parse(text);
      return json == null ? Json.object() : json;
    } catch (JsonProcessingException e) {
      throw new UnreadableSampleException(
          Reason.BAD_ROW,
          "member " + sample.key() + ".json is not JSON: " + e.getOriginalMessage());
    }
  }

  /** The value of a field, as a cell of a table would have it. */
  private static Object value(JsonNode json, String column) throws UnreadableSampleException {
    JsonNode node = json;
    for (String field : column.substring(FIELD.length()).split("\\.", -1)) {
      node = node.path(field);
    }
    if (!node.isArray()) {
      return scalar(node, column);
    }
    List<Object> list = new ArrayList<>();
    for (JsonNode element : node) {
      list.add(scalar(element, column));
    }
    return list;
  }

  private static Object scalar(JsonNode node, String column) throws UnreadableSampleException {
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    if (node.isTextual()) {
      return node.textValue();
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isIntegralNumber()) {
      return node.canConvertToLong() ? (Object) node.longValue() : node.decimalValue();
    }
    if (node.isNumber()) {
      return node.doubleValue();
    }
    throw new UnreadableSampleException(
        Reason.BAD_ROW, "column '" + column + "' is no text, number or list of such");
  }
}
