package io.fiddler.usage.access;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Keeps keys. Blocking; every method throws [io.fiddler.usage.StoreUnavailableException] if the
/// database does not answer.
public interface ApiKeys {
  /// The key of an id.
  Optional<StoredKey> find(String id);

  /// All, by name.
  List<ApiKey> list();

  /// Keeps a new one and what was done, both or neither.
  ///
  /// @throws NameTakenException if another key has its name
  void create(StoredKey key, AuditRow audit);

  /// What is to become of a key.
  ///
  /// @param after as it is to be
  /// @param audit what is recorded about it
  record Change(StoredKey after, AuditRow audit) {}

  /// Changes one and records it, both or neither; nobody else changes it meanwhile.
  ///
  /// @param change from the key as it is
  /// @return as it is now; empty if there is none of this id
  /// @throws NameTakenException if another key has the new name
  Optional<ApiKey> change(String id, Function<StoredKey, Change> change);
}
