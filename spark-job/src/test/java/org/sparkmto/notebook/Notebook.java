package org.sparkmto.notebook;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.sparkmto.json.Json;

/** A notebook of the folder notebooks/, as it is stored. */
record Notebook(Path file, JsonNode content) {
  /** Where they are. */
  static final Path FOLDER = Path.of("..", "notebooks");

  /** All of them, by name. */
  static List<Notebook> all() throws IOException {
    List<Notebook> notebooks = new ArrayList<>();
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".ipynb")).sorted().toList()) {
        notebooks.add(read(file));
      }
    }
    return notebooks;
  }

  static Notebook read(Path file) throws IOException {
    return new Notebook(file, Json.parse(Files.readString(file)));
  }

  boolean isJava() {
    return content.at("/metadata/kernelspec/name").asText().equals("java");
  }

  List<JsonNode> codeCells() {
    return cells("code");
  }

  List<JsonNode> cells(String type) {
    return elements(content.path("cells"))
        .filter(cell -> cell.path("cell_type").asText().equals(type))
        .toList();
  }

  List<JsonNode> outputs() {
    return codeCells().stream().flatMap(cell -> elements(cell.path("outputs"))).toList();
  }

  static String source(JsonNode cell) {
    return elements(cell.path("source")).map(JsonNode::asText).collect(Collectors.joining());
  }

  static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  @Override
  public String toString() {
    return file.getFileName().toString();
  }
}
