package org.sparkmto.json;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value of HOCON, the JSON that people write, with nothing of their spelling lost. */
public final class HoconValue {
  private HoconValue() {}

  /**
   * A value as plain Java: a String, Boolean, List, Map or null. A number is a String as well, that
   * which stands in the file, because it may be a name: {@code 007}, {@code 1.10}, {@code 1e5}.
   */
  public static Object plain(ConfigValue value) {
    return switch (value.valueType()) {
      case NUMBER -> value.atKey("number").getString("number"); // all else forgets the spelling
      case LIST -> {
        List<Object> list = new ArrayList<>();
        ((ConfigList) value).forEach(one -> list.add(plain(one)));
        yield list;
      }
      case OBJECT -> {
        Map<String, Object> map = new LinkedHashMap<>();
        ((ConfigObject) value).forEach((key, one) -> map.put(key, plain(one)));
        yield map;
      }
      case STRING, BOOLEAN, NULL -> value.unwrapped();
    };
  }
}
