package org.sparkmto.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.json.Json;

/** Rows that are known, in memory and, if there is one, in a file with a line of JSON for each. */
final class RankRows {
  private final Map<RankRow.Setting, RankRow> rows = new LinkedHashMap<>();
  private final Optional<Path> file;

  /**
   * Those that a file holds; a last line that an interruption has left half written is dropped.
   *
   * @param file which is made if it is not there
   * @throws UncheckedIOException if it cannot be read and written
   */
  RankRows(Optional<Path> file) {
    this.file = file;
    file.ifPresent(this::read);
  }

  private void read(Path from) {
    try {
      Files.createDirectories(from.toAbsolutePath().getParent());
      if (Files.exists(from)) {
        List<String> lines = Files.readAllLines(from);
        for (int i = 0; i < lines.size(); i++) {
          try {
            put(RankRow.of(Json.parse(lines.get(i))));
          } catch (JsonProcessingException e) {
            if (i < lines.size() - 1) {
              throw new IOException(from + ": line " + (i + 1) + " is no row of this table", e);
            }
          }
        }
      }
      Files.write(from, rows.values().stream().map(RankRow::toJson).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void put(RankRow row) {
    rows.put(row.setting(), row);
  }

  /** The row of a setting, if it is known. */
  Optional<RankRow> of(RankRow.Setting setting) {
    return Optional.ofNullable(rows.get(setting));
  }

  /** Keeps one more. */
  void add(RankRow row) {
    put(row);
    file.ifPresent(
        path -> {
          try {
            Files.write(path, List.of(row.toJson()), StandardOpenOption.APPEND);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** All, in the order in which they became known. */
  List<RankRow> all() {
    return List.copyOf(rows.values());
  }
}
