import { useWords } from '../i18n/language.tsx';
import { Empty } from '../parts/Faces.tsx';
import { Go } from '../parts/Go.tsx';

export function NotFound() {
  const words = useWords();
  return (
    <Empty title={words.pageNotFound}>
      <Go to="/" className="link">
        {words.backHome}
      </Go>
    </Empty>
  );
}
