package io.fiddler.api.access;

import io.fiddler.usage.access.ApiKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/// Whoever showed a key that counts. Its secret is not in it.
final class KeyAuthentication extends AbstractAuthenticationToken {
  private static final long serialVersionUID = 1;

  private final transient ApiKey key;

  KeyAuthentication(ApiKey key) {
    super(
        AuthorityUtils.createAuthorityList(
            key.settings().scopes().stream().map(scope -> "SCOPE_" + scope.text()).toList()));
    this.key = key;
    setAuthenticated(true);
  }

  ApiKey key() {
    return key;
  }

  /// The key's name: it stands beside what is done with it.
  @Override
  public String getName() {
    return key.settings().name();
  }

  @Override
  public Object getPrincipal() {
    return getName();
  }

  @Override
  public @Nullable Object getCredentials() {
    return null;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyAuthentication authentication && key.equals(authentication.key);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(key);
  }
}
