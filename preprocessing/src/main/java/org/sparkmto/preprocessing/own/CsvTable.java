package org.sparkmto.preprocessing.own;

import com.univocity.parsers.common.TextParsingException;
import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import com.univocity.parsers.csv.UnescapedQuoteHandling;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.sparkmto.naming.Counted;
import org.sparkmto.naming.Nearest;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.Reason;

/**
 * A CSV file with a header: {@linkplain CsvText text}, fields in double quotes where they hold
 * separators, quotes (doubled) or line ends.
 */
final class CsvTable {
  private static final int MOST_COLUMNS = 4_096;
  private static final int LONGEST_FIELD = 65_536;

  private final Path path;
  private final CsvText text;
  private final char separator;
  private final List<String> header;

  private CsvTable(Path path, CsvText text, char separator) throws IOException {
    this.path = path;
    this.text = text;
    this.separator = separator;
    try (Rows rows = new Rows()) {
      this.header = rows.next();
    }
    if (header == null) {
      throw PreprocessingException.failed(path + " is empty: it has no header");
    }
  }

  /**
   * Opens a table.
   *
   * @param separator between fields; where none is given a line {@code sep=;} says it, or it is a
   *     comma
   * @throws PreprocessingException if it has no header, or says that another separator stands in it
   */
  static CsvTable open(
      Path path, RawFiles files, Optional<Character> separator, CsvText.Encoding encoding)
      throws IOException {
    CsvText text = new CsvText(path, files, encoding);
    Optional<Character> declared = text.separator();
    if (declared.isPresent() && separator.isPresent() && !declared.equals(separator)) {
      throw PreprocessingException.wrongUsage(
          "separator is '"
              + separator.get()
              + "', but the first line of "
              + path
              + " is sep="
              + declared.get()
              + "; leave 'separator' out, or that line");
    }
    return new CsvTable(path, text, declared.or(() -> separator).orElse(','));
  }

  /**
   * Wants a column.
   *
   * @param user which key names it, for the message
   * @throws PreprocessingException if it is not in the header, or there twice
   */
  void require(String column, String user) {
    if (header.indexOf(column) != header.lastIndexOf(column)) {
      throw PreprocessingException.wrongUsage(
          user + " names column '" + column + "', which stands twice in the header of " + path);
    }
    if (!header.contains(column)) {
      throw PreprocessingException.wrongUsage(
          user
              + " names column '"
              + column
              + "', which is not in "
              + path
              + Nearest.hint(column, header)
              + " It has "
              + shown(header)
              + otherwiseWritten());
    }
  }

  /** Why a header may not be understood, if there is a sign of it. */
  private String otherwiseWritten() {
    String whole = String.join("", header);
    if (whole.indexOf(CsvText.BROKEN) >= 0) {
      return "; " + text.complaint();
    }
    for (char other : new char[] {';', '\t', ',', '|'}) {
      if (header.size() == 1 && whole.indexOf(other) >= 0) {
        return "; between its fields stands no '"
            + separator
            + "' but '"
            + (other == '\t' ? "\\t" : other)
            + "', which belongs into 'separator'";
      }
    }
    return "";
  }

  private static String shown(List<String> header) {
    return Cell.shortened(String.valueOf(header));
  }

  /** Every row, in order. */
  List<Listed> listed(RowLayout layout) throws IOException {
    int[] places = layout.columns().stream().mapToInt(header::indexOf).toArray();
    List<Listed> listed = new ArrayList<>();
    try (Rows rows = new Rows()) {
      rows.next();
      List<String> row;
      while ((row = rows.next()) != null) {
        MostRows.check(listed.size(), layout.labelBytes(), path.toString());
        String line = "line " + rows.line();
        String place = line + " of " + path.getName();
        if (row.size() != header.size()) {
          listed.add(
              Listed.refused(
                  line,
                  place,
                  path.toString(),
                  Reason.BAD_ROW,
                  Counted.of(row.size(), "field") + " for " + Counted.of(header.size(), "column")));
          continue;
        }
        List<String> fields = row;
        List<String> values = Arrays.stream(places).mapToObj(fields::get).toList();
        Optional<String> broken =
            values.stream().filter(value -> value.indexOf(CsvText.BROKEN) >= 0).findFirst();
        if (broken.isPresent()) {
          String detail = "'" + Cell.shortened(broken.get()) + "': " + text.complaint();
          listed.add(Listed.refused(line, place, path.toString(), Reason.BAD_ROW, detail));
          continue;
        }
        listed.add(layout.listed(values, line, place, path.toString(), listed.size()));
      }
    }
    return listed;
  }

  /** The rows of the file from its start, the header first. */
  private final class Rows implements AutoCloseable {
    private final Reader characters;
    private final CsvParser parser;

    Rows() throws IOException {
      CsvParserSettings settings = new CsvParserSettings();
      settings.getFormat().setDelimiter(separator);
      settings.setCommentProcessingEnabled(false); // else rows that start with # vanish
      settings.getFormat().setLineSeparator("\n"); // a carriage return before it is a blank
      settings.setKeepQuotes(true); // else a quote that nobody closes swallows rows unseen
      settings.setKeepEscapeSequences(true);
      settings.setUnescapedQuoteHandling(UnescapedQuoteHandling.RAISE_ERROR);
      settings.setMaxColumns(MOST_COLUMNS);
      settings.setMaxCharsPerColumn(LONGEST_FIELD);
      settings.setNullValue("");
      settings.setEmptyValue("");
      settings.setReadInputOnSeparateThread(false);
      parser = new CsvParser(settings);
      characters = text.open();
      try {
        parser.beginParsing(characters);
      } catch (TextParsingException e) {
        characters.close();
        throw notCsv(1);
      }
    }

    /** The fields of the next row that is not blank, or null after the last. */
    List<String> next() {
      try {
        String[] fields = parser.parseNext();
        while (fields != null && fields.length == 1 && fields[0].isBlank()) {
          fields = parser.parseNext();
        }
        if (fields == null) {
          return null;
        }
        for (int i = 0; i < fields.length; i++) {
          fields[i] = plain(fields[i]);
        }
        return Arrays.asList(fields);
      } catch (TextParsingException e) {
        throw notCsv(e.getLineIndex() + 1 + text.linesAbove());
      }
    }

    private String plain(String field) {
      if (!field.startsWith("\"")) {
        return field;
      }
      if (field.chars().filter(c -> c == '"').count() % 2 != 0) {
        throw notCsv(line());
      }
      return field.substring(1, field.length() - 1).replace("\"\"", "\"");
    }

    long line() {
      return parser.getContext().currentLine() + text.linesAbove();
    }

    @Override
    public void close() throws IOException {
      characters.close();
    }

    private PreprocessingException notCsv(long line) {
      return PreprocessingException.failed(
          path
              + " cannot be read as CSV near line "
              + line
              + ": a quote is not closed or not doubled, a field is longer than "
              + LONGEST_FIELD
              + " characters, or a row has more than "
              + MOST_COLUMNS
              + " fields");
    }
  }
}
