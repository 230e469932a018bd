package io.fiddler.store;

import java.util.regex.Pattern;
import org.postgresql.Driver;

/// The address of a database as it is configured.
public final class DatabaseUrl {
  private static final Pattern PARAMETERS = Pattern.compile("\\?.*", Pattern.DOTALL);
  private static final Pattern ACCOUNT = Pattern.compile("//[^/]*@");

  private DatabaseUrl() {}

  /// Whether PostgreSQL's driver understands it. What it does not understand no waiting cures.
  public static boolean isSound(String url) {
    return Driver.parseURL(url, null) != null;
  }

  /// What of it may be shown: without parameters and account, where passwords stand.
  public static String shown(String url) {
    return ACCOUNT.matcher(PARAMETERS.matcher(url).replaceFirst("?...")).replaceFirst("//...@");
  }
}
