package io.fiddler.config.settings;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.convert.converter.Converter;
import org.springframework.util.unit.DataSize;

/// Lets sizes be written `24GiB`, as `bench` and `plan` do, beside Spring's `24GB`, which means the
/// same: both count by 1024.
final class BinarySizes implements Converter<String, DataSize> {
  private static final Pattern BINARY_UNIT = Pattern.compile("(.*[KMGT])i(B)");

  @Override
  public DataSize convert(String text) {
    Matcher matcher = BINARY_UNIT.matcher(text.strip());
    return DataSize.parse(matcher.matches() ? matcher.group(1) + matcher.group(2) : text);
  }
}
