package org.sparkmto.tracking;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A configuration as parameters for the server: key by key, and without secrets. */
final class TrackedParameters {
  private static final Pattern SECRET =
      Pattern.compile("(?i).*(password|secret|token|credential|access-?key|api-?key).*");

  /** What stands in front of the host of an address. */
  private static final Pattern USER = Pattern.compile("(?<=://)[^/@\\s\"]*@");

  private TrackedParameters() {}

  static Map<String, String> of(Config configuration) {
    Map<String, String> parameters = new TreeMap<>();
    for (Map.Entry<String, ConfigValue> entry : configuration.entrySet()) {
      String key = entry.getKey().replace("\"", "");
      if (!SECRET.matcher(key).matches()) {
        Object plain = entry.getValue().unwrapped();
        String text =
            plain instanceof String string
                ? string
                : entry.getValue().render(ConfigRenderOptions.concise());
        parameters.put(key, USER.matcher(text).replaceAll("***@"));
      }
    }
    return parameters;
  }
}
