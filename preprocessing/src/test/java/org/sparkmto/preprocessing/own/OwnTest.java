package org.sparkmto.preprocessing.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.Jpeg;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.inspection.Inspection;
import org.sparkmto.preprocessing.job.LocalSpark;
import org.sparkmto.preprocessing.job.Preprocessing;
import org.sparkmto.preprocessing.job.PreprocessingRequest;
import org.sparkmto.preprocessing.job.PreprocessingSummary;
import org.sparkmto.preprocessing.numpy.Npy;
import org.sparkmto.storage.HadoopDefaults;

@Tag("slow")
class OwnTest {
  private static final String SIMPLE =
      """
      table = t.csv
      size = 4
      validation-share = 0
      inputs = [{ column = image }]
      tasks = [{ name = kind, kind = classification, column = label, classes = [cat, dog] }]
      """;

  @TempDir private Path directory;

  @Test
  void theExampleOfTheConfigurationRuns() throws IOException {
    for (int i = 1; i <= 4; i++) {
      write("photos/a/" + i + ".jpg", Jpeg.encode(flat(8, 6, 40 * i, 90, 200), 1f));
    }
    write("photos/parts/1.png", Png.encode(map(8, 6, i -> i < 24 ? 100 : i < 40 ? 255 : 200), 8));
    write("photos/depth/1.png", Png.encode(map(8, 6, i -> i == 0 ? 0 : 1000 + i), 16));
    write(
        "people.csv",
        """
        image,subset,person,age,smiles,glasses,tags,left,top,parts,depth
        a/1.jpg,train,p7,31,yes,round,hat;scarf,12.5,8,parts/1.png,depth/1.png
        a/2.jpg,extra,p8,,no,?,,,,,
        a/3.jpg,test,p9,120,,2.0,beard,-1e1,nan,,
        a/4.jpg,train,p8,7,0,none,"hat",1,2,,
        """);
    Config example = ConfigFactory.parseFile(Path.of("../conf/own.conf").toFile());
    DatasetManifest manifest = run(example, 0.0, 1).manifest();
    assertThat(manifest.tasks())
        .extracting(Task::name)
        .containsExactly("glasses", "smiles", "tags", "age", "corner", "parts", "depth");
    assertThat(manifest.tasks())
        .extracting(Task::kind)
        .containsExactly(
            TaskKind.CLASSIFICATION,
            TaskKind.BINARY,
            TaskKind.MULTI_LABEL,
            TaskKind.REGRESSION,
            TaskKind.REGRESSION,
            TaskKind.SEGMENTATION,
            TaskKind.DEPTH);
    assertThat(manifest.tasks().get(0).classNames()).containsExactly("none", "round", "square");
    assertThat(manifest.tasks().get(3).loss()).isEqualTo("l1");
    assertThat(manifest.tasks().get(4).classNames()).containsExactly("left", "top");
    assertThat(manifest.column("depth").unit()).isEqualTo("m");
    assertThat(manifest.column("depth").shape()).containsExactly(64, 64);
    assertThat(manifest.column("parts").shape()).containsExactly(32, 32);
    assertThat(manifest.column("photo").shape()).containsExactly(3, 64, 64);
    assertThat(manifest.column("labels").shape()).containsExactly(2);
    assertThat(manifest.split("test").rows()).isEqualTo(1);
    assertThat(manifest.remarks())
        .contains(
            "split 'val' has no sample",
            "task 'smiles' has no label in split 'test'",
            "task 'tags': labels 'hat', 'scarf' are never a yes in split 'test'",
            "task 'parts' has no label in split 'test'",
            "task 'glasses': class 'square' never occurs in split 'train'");
    List<String> shown = new ArrayList<>();
    Inspection.print(
        DatasetDirectory.open(path("out"), HadoopDefaults.copy()),
        HadoopDefaults.copy(),
        false,
        shown::add);
    assertThat(shown).contains("to be looked at", "  split 'val' has no sample");

    Map<String, Row> rows = rows();
    assertThat(bytes(rows, "a/1.jpg", "labels")).containsExactly(1, 1);
    assertThat(bytes(rows, "a/2.jpg", "labels")).containsExactly(255, 0);
    assertThat(bytes(rows, "a/3.jpg", "labels")).containsExactly(2, 255);
    assertThat(bytes(rows, "a/4.jpg", "labels")).containsExactly(0, 0);
    assertThat(bytes(rows, "a/1.jpg", "tags")).containsExactly(1, 1, 0);
    assertThat(bytes(rows, "a/2.jpg", "tags")).containsExactly(0, 0, 0);
    assertThat(bytes(rows, "a/3.jpg", "tags")).containsExactly(0, 0, 1);
    assertThat(floats(rows, "a/1.jpg", "age")).containsExactly(31f);
    assertThat(floats(rows, "a/2.jpg", "age")).containsExactly(Float.NaN);
    assertThat(floats(rows, "a/1.jpg", "corner")).containsExactly(12.5f, 8f);
    assertThat(floats(rows, "a/3.jpg", "corner")).containsExactly(-10f, Float.NaN);
    assertThat(bytes(rows, "a/2.jpg", "parts")).hasSize(1024).containsOnly(255);
    int[] parts = bytes(rows, "a/1.jpg", "parts");
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        int source = (2 * y + 1) * 8 / 64 * 6 + (2 * x + 1) * 6 / 64;
        assertThat(parts[32 * y + x]).isEqualTo(source < 24 ? 1 : source < 40 ? 255 : 2);
      }
    }
    float[] depth = floats(rows, "a/1.jpg", "depth");
    assertThat(depth[0]).isNaN();
    assertThat(depth[64 * 64 - 1]).isEqualTo((float) (1047 * 0.001));
    assertThat(floats(rows, "a/4.jpg", "depth")).containsOnly(Float.NaN);
    int[] photo = bytes(rows, "a/2.jpg", "photo");
    assertThat(photo[0]).isBetween(78, 82);
    assertThat(photo[2 * 64 * 64]).isBetween(198, 202);
  }

  private String detail(String sample) {
    return LocalSpark.session()
        .read()
        .parquet(path("out/_quarantine"))
        .where("sample_id = '" + sample + "'")
        .head()
        .getAs("detail");
  }

  @Test
  void rowsThatCannotBeUsedAreSetAsideWithTheirReasons() throws IOException {
    image("good.png");
    image("sub/good.png");
    image("also.png");
    image("twice.png");
    image("#good.png");
    image("torn.png");
    image("half.png");
    image("none.png");
    image("empty.png");
    write("html.png", "<html>quota exceeded</html>".getBytes(StandardCharsets.UTF_8));
    write("cut.jpg", Arrays.copyOf(Jpeg.encode(flat(8, 8, 1, 2, 3), 0.9f), 200));
    write("map.png", Png.encode(map(8, 8, i -> i % 2), 8));
    write("bad-map.png", Png.encode(map(8, 8, i -> i == 63 ? 7 : 0), 8));
    write("small-map.png", Png.encode(map(8, 7, i -> 0), 8));
    write("void-map.png", Png.encode(map(8, 8, i -> 255), 8));
    Files.createDirectory(directory.resolve("raw/folder"));
    Files.createSymbolicLink(
        directory.resolve("raw/link.png"),
        Files.write(directory.resolve("secret.png"), Png.encode(flat(8, 8, 1, 1, 1))));
    Files.createSymbolicLink(directory.resolve("raw/loop.png"), Path.of("loop.png"));
    write(
        "t.csv",
        """
        image,fold,label,weight,map
        good.png,a,cat,1,map.png
        ./sub//good.png,a,1,,
        #good.png,a,,2.5,
        twice.png,a,cat,1,
        twice.png,a,dog,1,
        short.png,a,cat
        long.png,a,cat,1,,
        ../secret.png,a,cat,1,
        /etc/passwd,a,cat,1,
        s3a://bucket/x.png,a,cat,1,
        a\\b.png,a,cat,1,
        link.png,a,cat,1,
        loop.png,a,cat,1,
        folder,a,cat,1,
        absent.png,a,cat,1,
        ,a,cat,1,
        also.png,c,cat,1,
        torn.png,a,bird,1,
        half.png,a,cat,1d,
        none.png,a,,,
        empty.png,a,,,void-map.png
        html.png,a,cat,1,
        cut.jpg,a,cat,1,
        """);
    Config config =
        ConfigFactory.parseString(
            """
            size = 4, table = t.csv, validation-share = 0
            split { column = fold, train = a, test = b }
            inputs = [{ column = image }]
            tasks = [
              { name = kind, kind = classification, column = label, classes = [cat, dog] }
              { name = weight, kind = regression, column = weight }
              { name = map, kind = segmentation, column = map, classes = 2 }
            ]
            """);
    PreprocessingSummary done = run(config, 1.0, 2);
    assertThat(quarantine())
        .containsExactlyInAnyOrder(
            "twice.png duplicate",
            "twice.png duplicate",
            "line 7 bad-row",
            "line 8 bad-row",
            "../secret.png unsafe-name",
            "/etc/passwd unsafe-name",
            "s3a://bucket/x.png unsafe-name",
            "a\\b.png unsafe-name",
            "link.png unsafe-name",
            "loop.png no-image",
            "folder no-image",
            "absent.png no-image",
            "line 17 no-image",
            "also.png bad-split",
            "torn.png bad-label",
            "half.png bad-target",
            "none.png no-labels",
            "empty.png no-labels",
            "html.png wrong-format",
            "cut.jpg truncated");
    assertThat(rows().keySet()).containsExactly("#good.png", "good.png", "sub/good.png");
    assertThat(done.manifest().sources().listed()).isEqualTo(23);
    assertThat(detail("line 7")).contains("line 7 of t.csv", "3 fields for 5 columns");
    assertThat(detail("absent.png")).isEqualTo("line 16 of t.csv: the file is not there");

    write(
        "t.csv",
        """
        image,fold,label,weight,map
        good.png,a,cat,1,map.png
        also.png,a,cat,1,bad-map.png
        torn.png,a,cat,1,small-map.png
        half.png,a,cat,1,absent.png
        none.png,a,cat,1,../map.png
        empty.png,a,cat,1,cut.jpg
        """);
    run(config, 1.0, 1);
    assertThat(quarantine())
        .containsExactlyInAnyOrder(
            "also.png bad-label",
            "torn.png wrong-size",
            "half.png no-target",
            "none.png unsafe-name",
            "empty.png " + pngReason());
    assertThatThrownBy(() -> run(config, 0.01, 1))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("are bad");
  }

  @Test
  void quotesLineEndsMarksAndBlanksOfCsv() throws IOException {
    image("a, b.png");
    image("c.png");
    image("d.png");
    image("naïve.png");
    write(
        "t.csv",
        ("\uFEFFimage;\"label\"\r\n\"a, b.png\";\"big\r\n\"\"cat\"\"\"\r\n\r\nc.png ; dog\n"
                + "d.png;\"\"\r\nnaïve.png;big\r\n")
            .getBytes(StandardCharsets.UTF_8));
    Config config =
        ConfigFactory.parseString(
                """
                separator = ";"
                tasks = [{ name = kind, kind = classification, column = label
                  classes = ["big\\r\\n\\"cat\\"", dog, big] }]
                """)
            .withFallback(ConfigFactory.parseString(SIMPLE));
    run(config, 1.0, 1);
    assertThat(quarantine()).containsExactly("d.png no-labels");
    assertThat(bytes(rows(), "a, b.png", "labels")).containsExactly(0);
    assertThat(bytes(rows(), "c.png", "labels")).containsExactly(1);
    assertThat(bytes(rows(), "naïve.png", "labels")).containsExactly(2);
  }

  @Test
  void aCsvThatCannotBeCutIntoRowsIsOneClearError() throws IOException {
    image("a.png");
    Config simple = ConfigFactory.parseString(SIMPLE);
    write("t.csv", "image,label\na.png,cat\nb.png,\"dog\nc.png,cat\nd.png,dog\n");
    assertFails(simple, false, "t.csv cannot be read as CSV near line", "a quote is not closed");
    write("t.csv", "image,label\nb.png,\"dog\" and\" more\n");
    assertFails(simple, false, "near line", "quote");
    write("t.csv", "image,label\na.png,\"" + "x".repeat(70_000) + "\"\n");
    assertFails(simple, false, "near line", "65536");
    write("t.csv", "image,label\na.png" + ",".repeat(5_000) + "\n");
    assertFails(simple, false, "near line", "4096");
    write("t.csv", "image,image,label\na.png,b,cat\n");
    assertFails(simple, true, "column 'image', which stands twice in the header");
    write("t.csv", "");
    assertFails(simple, false, "t.csv is empty: it has no header");
    write("t.csv", "image,label\n");
    assertFails(simple, false, "lists no samples");
    write("t.csv", new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0});
    assertFails(simple, false, "t.csv holds zero bytes: it is no CSV file");
    write("t.csv", "image,lable\na.png,cat\n");
    assertFails(simple, true, "task 'kind'", "'label'", "did you mean 'lable'?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "colum = a | has no option 'colum'",
        "table = ../t.csv | table is '../t.csv', not a path within",
        "table = \"a\\\\t.csv\" | it is with a backslash; between directories stands /",
        "table = \"C:t.csv\" | it is a drive or an address",
        "table = \"no:t.csv\" | there is no",
        "table = u.csv | there is no",
        "tasks = [{ name = a, kind = binary, column = label, loss { gamma = 2 } }] | a name, or"
            + " keys such as { name = focal, gamma = 2 }",
        "tasks = [{ name = a, kind = binary, column = label, loss { name = x, y = { z = 1 } } }] |"
            + " a name, or keys",
        "format = xml | one of auto, csv, parquet",
        "format = parquet | t.csv is none",
        "separator = ab | not one character",
        "images = /etc | images is '/etc', not a path within",
        "size = null | size is not given",
        "inputs = [] | inputs is an empty list",
        "inputs = [{ column = image, chanels = 1 }] | did you mean 'channels'?",
        "inputs = [{ column = image, channels = 2 }] | must be one of 3, 1, not '2'",
        "inputs = [{ name = a }] | inputs[1] needs the option 'column'",
        "inputs = [image] | not keys in braces",
        "inputs = [{ column = labels }] | which is taken",
        "split = fold | must be keys in braces",
        "split { column = label } | split needs the option 'train'",
        "split { column = fold, train = a } | did you mean",
        "split { column = label, train = a, val = a } | one split only",
        "split { column = label, train = cat, valid = dog } | did you mean 'val'?",
        "test-share = 1 | nothing is left to train on",
        "group = person | column 'person'",
        "tasks = [] | tasks is an empty list",
        "tasks = [{ name = a, kind = clasification, column = label }] | 'classification'?",
        "tasks = [{ kind = binary, column = label }] | tasks[1] needs the option 'name'",
        "tasks = [{ name = a, kind = binary, colunm = label }] | did you mean 'column'?",
        "tasks = [{ name = a, kind = binary, column = label, size = 4 }] | has no option 'size'",
        "tasks = [{ name = a, kind = binary, column = label, inputs = img }] | did you mean"
            + " 'image'",
        "tasks = [{ name = a, kind = classification, column = label }] | needs the option"
            + " 'classes'",
        "tasks = [{ name = a, kind = classification, column = label, classes = 1 }] | 2 to 255",
        "tasks = [{ name = a, kind = classification, column = label, classes = 300 }] | 2 to 255",
        "tasks = [{ name = a, kind = classification, column = label, classes = [b, b] }] |"
            + " different",
        "tasks = [{ name = a, kind = classification, column = label, classes = 2, ignore = 1 }]"
            + " | no class",
        "tasks = [{ name = a, kind = multi-label, columns = [label] }] | kind binary",
        "tasks = [{ name = a, kind = multi-label, column = label, classes = 2, empty = x }] | none",
        "tasks = [{ name = a, kind = regression, column = label, range = [2, 1] }] | LEAST, MOST",
        "tasks = [{ name = a, kind = regression, column = label, scale = 0 }] | other than 0",
        "tasks = [{ name = a, kind = regression, column = label, scale = big }] | must be a number",
        "tasks = [{ name = a, kind = mask, column = label, values = [0, 0] }] | each of 2 classes",
        "tasks = [{ name = a, kind = mask, column = label, ignore = 1 }] | no class",
        "tasks = [{ name = a, kind = depth, column = label, size = 0 }] | HEIGHTxWIDTH",
        "tasks = [{ name = image, kind = binary, column = label }] | another name",
        "tasks = ${nothing} | not complete",
      })
  void everyMistakeInTheConfigurationIsNamed(String setting, String message) throws IOException {
    image("a.png");
    write("t.csv", "image,label\na.png,cat\n");
    Config config =
        ConfigFactory.parseString(setting).withFallback(ConfigFactory.parseString(SIMPLE));
    assertFails(config, true, message);
  }

  @Test
  void samplesOfAGroupShareASplit() throws IOException {
    StringBuilder table = new StringBuilder("image,label,person,fold\n");
    for (int i = 0; i < 60; i++) {
      image(i + ".png");
      table.append(i + ".png,cat,p" + i % 20 + "," + (i == 7 ? "test" : "train") + "\n");
    }
    image("alone.png");
    table.append("alone.png,cat,,train\n");
    write("t.csv", table.toString());
    Config grouped =
        ConfigFactory.parseString("group = person, validation-share = 0.3, test-share = 0.2")
            .withFallback(ConfigFactory.parseString(SIMPLE));
    PreprocessingSummary done = run(grouped, 1.0, 1);
    assertThat(quarantine()).containsExactly("alone.png bad-row");
    assertThat(done.manifest().split("train").rows()).isEqualTo(30);
    assertThat(done.manifest().split("val").rows()).isEqualTo(18);
    assertThat(done.manifest().split("test").rows()).isEqualTo(12);
    Map<Integer, Set<String>> splits = new HashMap<>();
    for (String split : List.of("train", "val", "test")) {
      for (String id : rows(split).keySet()) {
        int person = Integer.parseInt(id.replace(".png", "")) % 20;
        splits.computeIfAbsent(person, p -> new HashSet<>()).add(split);
      }
    }
    assertThat(splits).hasSize(20).allSatisfy((p, names) -> assertThat(names).hasSize(1));

    Config torn =
        ConfigFactory.parseString("split { column = fold, train = train, test = test }")
            .withFallback(ConfigFactory.parseString("group = person"))
            .withFallback(ConfigFactory.parseString(SIMPLE));
    run(torn, 1.0, 1);
    assertThat(quarantine())
        .containsExactlyInAnyOrder(
            "alone.png bad-row", "7.png bad-split", "27.png bad-split", "47.png bad-split");
  }

  @Test
  void mapsOfAllKinds() throws IOException {
    for (String name : List.of("a", "b", "c", "d")) {
      write(name + ".png", Png.encode(flat(2, 3, 10, 20, 30)));
    }
    write("gray.png", Png.encode(map(2, 3, i -> 17), 8));
    float[] chw = new float[18];
    for (int i = 0; i < 6; i++) {
      chw[i] = i == 0 ? 0 : 0.6f;
      chw[12 + i] = i == 0 ? 0 : -0.8f;
    }
    float[] hwc = new float[18];
    for (int i = 0; i < 18; i++) {
      hwc[i % 6 * 3 + i / 6] = chw[i];
    }
    write(
        "chw.npy", Npy.encode(new int[] {3, 2, 3}, chw)); // 3 channels and 3 columns: planes first
    write("hwc.npy", Npy.encode(new int[] {2, 3, 3}, hwc));
    write("off.npy", Npy.encode(new int[] {2, 2, 3}, floats(12, i -> i == 4 ? Float.NaN : i)));
    write("mask.png", Png.encode(map(2, 3, i -> i < 2 ? 255 : 0), 8));
    write("depth.npy", Npy.encode(new int[] {2, 3}, floats(6, i -> i == 5 ? Float.NaN : i)));
    write("inf.npy", Npy.encode(new int[] {2, 3}, floats(6, i -> Float.POSITIVE_INFINITY)));
    write("classes.npy", Npy.encode(new int[] {2, 3}, new int[] {0, 1, 2, 2, 255, 0}));
    write("long.npy", Npy.encode(new int[] {3, 2, 3}, floats(18, i -> 2)));
    write(
        "t.csv",
        """
        image,second,normals,offset,mask,depth,classes
        a.png,gray.png,chw.npy,off.npy,mask.png,depth.npy,classes.npy
        b.png,gray.png,hwc.npy,,,,
        c.png,gray.png,,,,inf.npy,
        d.png,gray.png,long.npy,,,,
        """);
    Config config =
        ConfigFactory.parseString(
            """
            table = t.csv, size = 2x3, validation-share = 0
            inputs = [{ column = image }, { name = other, column = second, channels = 1 }]
            tasks = [
              { name = normals, kind = normals, column = normals, inputs = image }
              { name = offset, kind = vectors, column = offset, classes = 2, scale = 2, offset = 1 }
              { name = mask, kind = mask, column = mask, values = [0, 255], classes = [no, yes] }
              { name = depth, kind = depth, column = depth, unit = m }
              { name = classes, kind = segmentation, column = classes, classes = [a, b, c] }
            ]
            """);
    DatasetManifest manifest = run(config, 1.0, 1).manifest();
    assertThat(quarantine()).containsExactlyInAnyOrder("c.png bad-target", "d.png bad-target");
    assertThat(manifest.column("normals").type()).isEqualTo(ElementType.INT16);
    assertThat(manifest.column("normals").scale()).isEqualTo(1.0 / 32767);
    assertThat(manifest.tasks().get(0).inputs()).containsExactly("image");
    assertThat(manifest.tasks().get(1).inputs()).containsExactly("image", "other");
    Map<String, Row> rows = rows();
    assertThat(bytes(rows, "a.png", "image")).startsWith(10, 10).endsWith(30, 30);
    assertThat(bytes(rows, "a.png", "other")).containsExactly(17, 17, 17, 17, 17, 17);
    short[] normals = new short[18];
    little(rows, "a.png", "normals").asShortBuffer().get(normals);
    assertThat(normals)
        .startsWith((short) -32768, (short) 19660)
        .endsWith((short) -26214, (short) -26214);
    assertThat(normals[6]).isEqualTo((short) -32768);
    assertThat(normals[7]).isZero();
    assertThat(rows.get("b.png").<byte[]>getAs("normals"))
        .isEqualTo(rows.get("a.png").<byte[]>getAs("normals"));
    assertThat(floats(rows, "a.png", "offset"))
        .containsExactly(1, 3, 5, 7, Float.NaN, 11, 13, 15, 17, 19, Float.NaN, 23);
    assertThat(bytes(rows, "a.png", "mask")).containsExactly(1, 1, 0, 0, 0, 0);
    assertThat(floats(rows, "a.png", "depth")).containsExactly(Float.NaN, 1, 2, 3, 4, Float.NaN);
    assertThat(bytes(rows, "a.png", "classes")).containsExactly(0, 1, 2, 2, 255, 0);
    assertThat(bytes(rows, "b.png", "classes")).containsOnly(255);
  }

  @Test
  void imagesThatStandInParquet() throws IOException {
    SparkSession spark = LocalSpark.session();
    StructType schema =
        StructType.fromDDL(
            "name STRING, picture STRUCT<bytes: BINARY, `the.path`: STRING>, label INT,"
                + " tags ARRAY<STRING>, box ARRAY<FLOAT>, happy BOOLEAN, map BINARY");
    StringBuilder csv = new StringBuilder("name,image,label,tags,x,y,happy,map\n");
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      byte[] image = Png.encode(flat(5, 7, i, 2 * i, 3 * i));
      byte[] map = i % 5 == 0 ? null : Png.encode(map(5, 7, pixel -> pixel % 3), 8);
      Integer label = i % 4 == 0 ? null : i % 3;
      List<String> tags = i % 6 == 0 ? null : i % 2 == 0 ? List.of() : List.of("hat", "scarf");
      List<Float> box = i % 7 == 0 ? null : List.of(i / 2f, (float) i);
      boolean unknown = i > 0 && i % 3 == 0;
      Boolean happy = unknown ? null : Boolean.valueOf(i % 3 == 1);
      rows.add(
          RowFactory.create("s" + i, RowFactory.create(image, "x"), label, tags, box, happy, map));
      write("files/" + i + ".png", image);
      if (map != null) {
        write("files/map" + i + ".png", map);
      }
      csv.append("s" + i + "," + i + ".png," + (label == null ? "" : label) + ",");
      csv.append(tags == null ? "?" : String.join(";", tags)).append(',');
      csv.append(box == null ? "," : box.get(0) + "," + box.get(1)).append(',');
      csv.append(happy == null ? "" : happy).append(',');
      csv.append(map == null ? "" : "map" + i + ".png").append('\n');
    }
    spark
        .createDataFrame(rows, schema)
        .repartition(3)
        .write()
        .option("parquet.block.row.count.limit", "5")
        .parquet(path("raw/table"));
    write("t.csv", csv.toString());
    String common =
        """
        size = 4, id = name, validation-seed = 3, test-share = 0.1
        tasks = [
          { name = label, kind = classification, column = label, classes = 3 }
          { name = tags, kind = multi-label, column = tags, classes = [hat, scarf], %s }
          { name = box, kind = regression, %s }
          { name = happy, kind = binary, column = happy }
          { name = map, kind = segmentation, column = map, classes = 3 }
        ]
        """;
    Config embedded =
        ConfigFactory.parseString(
            common.formatted("separator = ;", "column = box, classes = 2").replace("= ;", "= \";\"")
                + "table = table, inputs = [{ name = image, column = picture.bytes }]");
    Config paths =
        ConfigFactory.parseString(
            common.formatted("ignore = \"?\", empty = none", "columns = [x, y]")
                + "table = t.csv, images = files, inputs = [{ column = image }]");
    DatasetManifest expected = run(paths, 0, 3).manifest();
    assertThat(expected.sources().kept()).isEqualTo(50);
    for (int shards : new int[] {1, 4, 32}) {
      DatasetManifest manifest = run(embedded, 0, shards).manifest();
      assertThat(manifest.splits().keySet()).containsExactly("train", "val", "test");
      manifest
          .splits()
          .forEach(
              (name, split) -> {
                assertThat(split.rows()).isEqualTo(expected.split(name).rows());
                assertThat(split.digest()).isEqualTo(expected.split(name).digest());
              });
      assertThat(manifest.split("train").files()).hasSize(shards);
    }
  }

  @Test
  void badRowsAndCellsOfParquet() throws IOException {
    SparkSession spark = LocalSpark.session();
    StructType schema = StructType.fromDDL("image BINARY, label DOUBLE, fold STRING");
    byte[] image = Png.encode(flat(5, 7, 1, 2, 3));
    byte[] huge = new byte[(32 << 20) + 1];
    System.arraycopy(image, 0, huge, 0, image.length);
    spark
        .createDataFrame(
            List.of(
                RowFactory.create(image, 1.0, "a"),
                RowFactory.create(null, 1.0, "a"),
                RowFactory.create(new byte[0], 1.0, "a"),
                RowFactory.create(new byte[] {1, 2, 3, 4}, 1.0, "a"),
                RowFactory.create(Arrays.copyOf(image, 50), 1.0, "a"),
                RowFactory.create(image, 1.5, "a"),
                RowFactory.create(image, Double.NaN, "a"),
                RowFactory.create(image, null, null),
                RowFactory.create(image, 0.0, null),
                RowFactory.create(huge, 0.0, "a"),
                RowFactory.create(image, 0.0, "a")),
            schema)
        .coalesce(1)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(path("raw/t"));
    Config config =
        ConfigFactory.parseString(
            """
            table = t, size = 4, validation-share = 0, inputs = [{ column = image }]
            split { column = fold, train = a }, test-share = 0
            tasks = [{ name = kind, kind = classification, column = label, classes = 2 }]
            """);
    run(config, 1.0, 1);
    List<String> refused = quarantine();
    assertThat(refused).allSatisfy(row -> assertThat(row).matches("part-.*parquet#\\d+ .*"));
    assertThat(refused.stream().map(row -> row.substring(row.indexOf('#') + 1)))
        .containsExactlyInAnyOrder(
            "1 no-image",
            "2 wrong-format",
            "3 wrong-format",
            "4 " + cutPngReason(image),
            "5 bad-label",
            "6 no-labels",
            "7 no-labels",
            "8 bad-split",
            "9 too-large");
    assertThat(rows().values()).hasSize(2);
  }

  @Test
  void aTableThatIsNoSoundParquetIsOneClearError() throws IOException {
    SparkSession spark = LocalSpark.session();
    StructType schema =
        StructType.fromDDL("image BINARY, label INT, day DATE, nested ARRAY<ARRAY<INT>>");
    spark
        .createDataFrame(List.of(RowFactory.create(new byte[9], 1, null, null)), schema)
        .coalesce(1)
        .write()
        .parquet(path("raw/t"));
    Path part;
    try (var parts = Files.list(directory.resolve("raw/t"))) {
      part = parts.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    byte[] sound = Files.readAllBytes(part);
    Config config =
        ConfigFactory.parseString("table = t").withFallback(ConfigFactory.parseString(SIMPLE));
    for (String wrong : List.of("day", "nested", "image")) {
      Config tasks =
          ConfigFactory.parseString(
              "tasks = [{ name = a, kind = binary, column = " + wrong + " }]");
      assertFails(tasks.withFallback(config), true, "column '" + wrong + "' of type");
    }
    assertFails(
        ConfigFactory.parseString("inputs = [{ column = label }]").withFallback(config),
        true,
        "column 'label' of type int");
    assertFails(
        ConfigFactory.parseString("inputs = [{ column = imag }]").withFallback(config),
        true,
        "did you mean 'image'?");
    Files.write(part.resolveSibling("cut.parquet"), Arrays.copyOf(sound, sound.length / 2));
    assertFails(config, false, "cut.parquet", "Parquet");
    Files.write(part.resolveSibling("cut.parquet"), "a,b\n1,2\n".getBytes(StandardCharsets.UTF_8));
    assertFails(config, false, "cut.parquet is no Parquet file");
    Files.delete(part.resolveSibling("cut.parquet"));
    byte[] damaged = sound.clone();
    Arrays.fill(damaged, 4, 40, (byte) 0xFF);
    Files.write(part, damaged);
    Files.deleteIfExists(part.resolveSibling("." + part.getFileName() + ".crc"));
    assertFails(config, false, part.getFileName().toString());
    Files.delete(part);
    assertFails(config, false, "holds no Parquet files");
    Files.createSymbolicLink(
        directory.resolve("raw/t/x.parquet"), Files.write(directory.resolve("x"), sound));
    assertFails(config, false, "outside");
    Files.delete(directory.resolve("raw/t/x.parquet"));
    Files.createDirectory(directory.resolve("raw/t/days"));
    assertFails(config, false, "the directory days", "key=value");
  }

  @Test
  void aRowGroupThatDoesNotFitIntoMemoryIsRefusedBeforeItIsRead() throws IOException {
    int cells = (int) (Runtime.getRuntime().maxMemory() / 4 / (30 << 20)) + 2;
    LocalSpark.session()
        .range(0, cells, 1, 1)
        .selectExpr("CAST(repeat('a', 31457280) AS BINARY) AS image", "1 AS label")
        .write()
        .option("parquet.block.size", 2_000_000_000)
        .parquet(path("raw/t"));
    Config config =
        ConfigFactory.parseString("table = t").withFallback(ConfigFactory.parseString(SIMPLE));
    assertFails(config, false, "row group 0", "smaller row groups", "spark.executor.memory");
  }

  @Test
  void rowsThatTheDriverCannotListAreRefused() {
    MostRows.check(1_000, 40, "t.csv");
    assertThatThrownBy(() -> MostRows.check(100_000_000, 40, "t.csv"))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContainingAll("t.csv has more than", "spark.driver.memory");
    assertThatThrownBy(() -> MostRows.check(100_000, 100_000, "t.csv"))
        .isInstanceOf(PreprocessingException.class);
  }

  private static String pngReason() {
    return reason(new byte[] {(byte) 0xFF, (byte) 0xD8, 1, 2, 3, 4, 5, 6, 7, 8});
  }

  private static String cutPngReason(byte[] image) {
    return reason(Arrays.copyOf(image, 50));
  }

  private static String reason(byte[] file) {
    try {
      Png.decodeNumbers(file);
      throw new AssertionError("decoded");
    } catch (org.sparkmto.preprocessing.UnreadableSampleException e) {
      return e.reason().label();
    }
  }

  private PreprocessingSummary run(Config config, double maxBad, int shards) {
    return Preprocessing.run(
        LocalSpark.session(),
        PreprocessingRequest.of("own", path("raw"), path("out"))
            .withOptions(config)
            .withMaxBad(maxBad)
            .withShards(shards)
            .overwriting());
  }

  private void assertFails(Config config, boolean usage, String... parts) {
    assertThatThrownBy(() -> run(config, 1.0, 1))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContainingAll(parts)
        .matches(e -> ((PreprocessingException) e).isWrongUsage() == usage, "wrong usage " + usage)
        .matches(e -> e.getMessage().lines().count() == 1, "one line");
  }

  private List<String> quarantine() {
    return LocalSpark.session().read().parquet(path("out/_quarantine")).collectAsList().stream()
        .map(row -> row.getAs("sample_id") + " " + row.getAs("reason"))
        .toList();
  }

  private Map<String, Row> rows() {
    Map<String, Row> rows = new TreeMap<>();
    for (String split : List.of("train", "val", "test")) {
      if (Files.exists(directory.resolve("out/split=" + split))) {
        rows.putAll(rows(split));
      }
    }
    return rows;
  }

  private Map<String, Row> rows(String split) {
    Map<String, Row> rows = new TreeMap<>();
    LocalSpark.session()
        .read()
        .parquet(path("out/split=" + split))
        .collectAsList()
        .forEach(row -> rows.put(row.getAs("sample_id"), row));
    return rows;
  }

  private static int[] bytes(Map<String, Row> rows, String id, String column) {
    byte[] bytes = rows.get(id).getAs(column);
    int[] values = new int[bytes.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes[i] & 0xff;
    }
    return values;
  }

  private static float[] floats(Map<String, Row> rows, String id, String column) {
    ByteBuffer bytes = little(rows, id, column);
    float[] values = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  private static ByteBuffer little(Map<String, Row> rows, String id, String column) {
    return ByteBuffer.wrap(rows.get(id).getAs(column)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private interface Pixels {
    double at(int pixel);
  }

  private static float[] floats(int count, Pixels pixels) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) pixels.at(i);
    }
    return values;
  }

  private static IntegerMap map(int height, int width, Pixels pixels) {
    int[] values = new int[height * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (int) pixels.at(i);
    }
    return new IntegerMap(height, width, values);
  }

  private static Image flat(int height, int width, int red, int green, int blue) {
    byte[] samples = new byte[3 * height * width];
    Arrays.fill(samples, 0, height * width, (byte) red);
    Arrays.fill(samples, height * width, 2 * height * width, (byte) green);
    Arrays.fill(samples, 2 * height * width, samples.length, (byte) blue);
    return new Image(3, height, width, samples);
  }

  private void image(String name) throws IOException {
    write(name, Png.encode(flat(8, 8, 10, 20, 30)));
  }

  private void write(String name, String text) throws IOException {
    write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private void write(String name, byte[] content) throws IOException {
    Path file = directory.resolve("raw").resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }
}
