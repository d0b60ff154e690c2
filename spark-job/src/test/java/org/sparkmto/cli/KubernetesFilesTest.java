package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sparkmto.cli.DeployFiles.at;
import static org.sparkmto.cli.DeployFiles.list;
import static org.sparkmto.cli.DeployFiles.map;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.version.BuildVersion;

/**
 * deploy/kubernetes against the operator's resource definitions, and against this program. There is
 * no cluster in it.
 */
class KubernetesFilesTest {
  private static final Path FOLDER = DeployFiles.DEPLOY.resolve("kubernetes");

  @Test
  void everyFileIsYamlOfAKind() {
    List<Path> files = DeployFiles.files("kubernetes", ".yaml");
    assertThat(files).hasSizeGreaterThanOrEqualTo(5);
    for (Path file : files) {
      assertThat(DeployFiles.yaml(file))
          .as(file.toString())
          .isNotEmpty()
          .allSatisfy(document -> assertThat(document).containsKeys("apiVersion", "kind"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"train.yaml", "train-gpu.yaml", "retrain.yaml"})
  void theOperatorKnowsEveryField(String name) {
    Map<String, Object> resource = resource(name);
    assertThat(resource).containsEntry("apiVersion", "sparkoperator.k8s.io/v1beta2");
    List<String> faults = new ArrayList<>();
    OperatorFields.read().check(resource.get("kind").toString(), resource.get("spec"), faults);
    assertThat(faults).isEmpty();
  }

  @Test
  void aFieldThatTheOperatorDoesNotKnowIsFound() {
    Map<String, Object> spec = new LinkedHashMap<>(application("train.yaml"));
    spec.put("mainclass", spec.remove("mainClass"));
    spec.remove("type");
    spec.put("driver", Map.of("cores", "1"));
    List<String> faults = new ArrayList<>();
    OperatorFields.read().check("SparkApplication", spec, faults);
    assertThat(faults)
        .containsExactlyInAnyOrder(
            "SparkApplication.type is missing",
            "SparkApplication.mainclass is unknown",
            "SparkApplication.driver.cores is no integer: 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"train.yaml", "train-gpu.yaml", "retrain.yaml"})
  void applicationsNameWhatThereIs(String name) throws Exception {
    Map<String, Object> application = application(name);
    BuildVersion version = BuildVersion.current();
    assertThat(application)
        .containsEntry("mainClass", Main.class.getName())
        .containsEntry("sparkVersion", version.spark());
    assertThat(application.get("image").toString())
        .endsWith("/spark-mto:" + version.application() + (name.contains("gpu") ? "-cuda" : ""));
    assertThat(DeployFiles.text(DeployFiles.DEPLOY.resolve("docker/Dockerfile")))
        .contains(" " + application.get("mainApplicationFile").toString().replace("local://", ""))
        .contains(" " + DeployFiles.CONF_OF_IMAGE);
    List<String> arguments =
        list(application.get("arguments")).stream().map(Object::toString).toList();
    DeployFiles.assertCommand(arguments);
    assertThat(arguments).contains("--set=cluster.ranks=" + at(application, "executor.instances"));
    assertThat(at(application, "executor.cores").toString())
        .isEqualTo(map(application.get("sparkConf")).get("spark.task.cpus"));
    assertThat(map(application.get("sparkConf")).keySet()).allMatch(DeployFiles::knownToSpark);
  }

  @ParameterizedTest
  @ValueSource(strings = {"train.yaml", "train-gpu.yaml", "retrain.yaml"})
  void settingsOfTheOperatorAreThoseOfSparkSubmit(String name) {
    Map<String, Object> application = application(name);
    Map<String, String> settings = DeployFiles.settings(FOLDER.resolve("spark.conf"));
    map(application.get("sparkConf"))
        .forEach(
            (key, value) -> {
              if (!key.contains(".gpu.")) {
                assertThat(settings).containsEntry(key, value.toString());
              }
            });
    for (String role : List.of("driver", "executor")) {
      assertThat(settings)
          .containsEntry("spark." + role + ".memory", at(application, role + ".memory").toString())
          .containsEntry(
              "spark." + role + ".memoryOverhead",
              at(application, role + ".memoryOverhead").toString())
          .containsEntry(
              "spark." + role + ".extraJavaOptions",
              at(application, role + ".javaOptions").toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"train.yaml", "train-gpu.yaml", "retrain.yaml"})
  void podsAreThoseOfTheTemplates(String name) {
    Map<String, Object> application = application(name);
    for (String role : List.of("driver", "executor")) {
      Map<String, Object> template =
          map(DeployFiles.yaml(FOLDER.resolve(role + "-pod.yaml")).get(0).get("spec"));
      Map<String, Object> container = map(list(template.get("containers")).get(0));
      assertThat(at(application, role + ".podSecurityContext"))
          .isEqualTo(template.get("securityContext"));
      assertThat(at(application, role + ".securityContext"))
          .isEqualTo(container.get("securityContext"));
      assertThat(at(application, role + ".volumeMounts")).isEqualTo(container.get("volumeMounts"));
      assertThat(application.get("volumes")).isEqualTo(template.get("volumes"));
      assertThat(at(application, role + ".terminationGracePeriodSeconds"))
          .isEqualTo(template.get("terminationGracePeriodSeconds"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"driver", "executor"})
  void podsMayNothingThatTheyDoNotNeed(String role) {
    Map<String, Object> spec =
        map(DeployFiles.yaml(FOLDER.resolve(role + "-pod.yaml")).get(0).get("spec"));
    assertThat(map(spec.get("securityContext")))
        .containsEntry("runAsNonRoot", true)
        .containsEntry("seccompProfile", Map.of("type", "RuntimeDefault"));
    Map<String, Object> container = map(list(spec.get("containers")).get(0));
    assertThat(map(container.get("securityContext")))
        .containsEntry("allowPrivilegeEscalation", false)
        .containsEntry("readOnlyRootFilesystem", true)
        .containsEntry("capabilities", Map.of("drop", List.of("ALL")));
    // What is mounted is a volume of the pod, and empty at its start.
    Map<Object, Object> kinds = new LinkedHashMap<>();
    list(spec.get("volumes"))
        .forEach(volume -> kinds.put(map(volume).get("name"), map(volume).get("emptyDir")));
    assertThat(list(container.get("volumeMounts")))
        .allSatisfy(mount -> assertThat(kinds.get(map(mount).get("name"))).isNotNull());
    // Where libtorch unpacks itself can be written to.
    assertThat(container.get("volumeMounts").toString()).contains("{name=tmp, mountPath=/tmp}");
    assertThat(DeployFiles.settings(FOLDER.resolve("spark.conf")))
        .containsEntry(
            "spark." + role + ".extraJavaOptions", "-Dorg.bytedeco.javacpp.cachedir=/tmp/natives");
  }

  @ParameterizedTest
  @ValueSource(strings = {"train.yaml", "train-gpu.yaml", "retrain.yaml"})
  void secretsAreNamedAndNotWrittenDown(String name) {
    Map<String, Object> application = application(name);
    for (String role : List.of("driver", "executor")) {
      assertThat(list(at(application, role + ".env")))
          .isNotEmpty()
          .allSatisfy(variable -> assertThat(map(variable)).containsOnlyKeys("name", "valueFrom"));
    }
    assertThat(application.toString()).contains("spark-mto-auth", "spark-mto-s3");
  }

  @Test
  void theGpuVariantDiffersInTheGpuAlone() {
    Map<String, Object> cpu = application("train.yaml");
    Map<String, Object> gpu = application("train-gpu.yaml");
    map(gpu.get("executor")).remove("gpu");
    map(gpu.get("sparkConf")).keySet().removeIf(key -> key.contains(".gpu."));
    gpu.put("image", cpu.get("image"));
    assertThat(gpu).isEqualTo(cpu);
  }

  /** The sum that the comment states: libtorch, a rank, activations. */
  @Test
  void theOverheadHoldsWhatTheMemoryPageAddsUp() {
    long parameters = 11_176_512 + 20_520;
    // 24 bytes each, as train --dry-run says it for a method at the representation and Adam: 256
    // MiB.
    double rank = 24.0 * parameters / (1 << 20);
    assertThat(rank).isBetween(255.0, 257.0);
    double activations = 512.0 / 4 * 4.0;
    assertThat(1024 + rank + activations).isBetween(1_790.0, 2_048.0);
    for (String file : List.of("spark.conf", "train.yaml", "train-gpu.yaml", "retrain.yaml")) {
      assertThat(DeployFiles.text(FOLDER.resolve(file)))
          .as(file)
          .contains("1,792 MiB")
          .containsPattern("executor.*memoryOverhead\\s+2g|memoryOverhead: 2g");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "deploy/standalone/cluster.conf",
        "deploy/kubernetes/spark.conf",
        "deploy/kubernetes/spark-gpu.conf",
        "deploy/gpu/gpu.conf",
        "conf/spark-defaults.conf",
      })
  void sparkKnowsEverySetting(String file) {
    TreeSet<String> keys =
        new TreeSet<>(DeployFiles.settings(DeployFiles.ROOT.resolve(file)).keySet());
    keys.removeIf(key -> key.startsWith("daemon.") && file.contains("standalone"));
    assertThat(keys).isNotEmpty().allMatch(DeployFiles::knownToSpark);
    assertThat(DeployFiles.knownToSpark("spark.executor.memoryOverheat")).isFalse();
  }

  @Test
  void theScriptHandsEverythingToSparkSubmit(@TempDir Path home) throws Exception {
    Path program = Files.createDirectories(home.resolve("bin")).resolve("spark-submit");
    Files.writeString(
        program,
        """
        #!/usr/bin/env bash
        while (($# > 0)); do
          [[ $1 != --properties-file ]] || cat "$2"
          echo "$1"
          shift
        done
        exit 7
        """);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    File out = home.resolve("out").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(
                FOLDER.resolve("submit").toString(), "--gpu", "evaluate", "s3a://b/runs/a b")
            .redirectOutput(out);
    builder.environment().put("SPARK_HOME", home.toString());
    Process process = builder.start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(7);
    assertThat(Files.readString(out.toPath()))
        .contains("spark.executor.instances ", "spark.task.resource.gpu.amount ")
        .contains("--deploy-mode\ncluster\n", Main.class.getName())
        .endsWith("local:///opt/spark-mto/spark-mto.jar\nevaluate\ns3a://b/runs/a b\n");
  }

  private static Map<String, Object> resource(String name) {
    return DeployFiles.yaml(FOLDER.resolve(name)).get(0);
  }

  /** The specification of the application, alone or within a schedule. */
  private static Map<String, Object> application(String name) {
    Map<String, Object> spec = map(resource(name).get("spec"));
    return spec.containsKey("schedule") ? map(spec.get("template")) : spec;
  }
}
